// ---- Evals: the newest report, in a frame without rights -------------------------------------------------------------------
const evalsPane = panes.get('evals');
evalsPane.append(h('h2', { class: 'fn-title' }, 'Evals'));
const evalsState = h('p', { class: 'fn-sub' });
const evalsFrame = h('iframe', { class: 'fn-report', title: 'Eval report', sandbox: 'allow-scripts', hidden: true });
evalsPane.append(evalsState, evalsFrame);
onShow.evals = async () => {
  try {
    const { made, name } = await call('report');
    evalsState.textContent = made ? `Run ${name}, ${moment(made)}.` : 'No report yet. Run \u201cpython -m evals\u201d in a terminal: its report appears here.';
    evalsFrame.hidden = !made;
    if (made && evalsFrame.dataset.made !== made) { evalsFrame.dataset.made = made; evalsFrame.src = 'footnote/report'; }
  } catch (error) { evalsState.textContent = error.message; }
};
