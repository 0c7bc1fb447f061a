// ---- Verify: any text, sentence by sentence ---------------------------------------------------------------------------
const VERDICT_NAME = { supported: 'Supported', partly: 'Partly supported', unsupported: 'No source', contradicted: 'Contradicted' };
const LEAD = { unsupported: 'The nearest passage says:', contradicted: 'A source says otherwise:' };
const claimBox = h('textarea', { id: 'fn-claim', rows: '6', maxlength: '20000', dir: 'auto', placeholder: 'Paste a text: an article, a summary, another chat\u2019s answer' });
const checkButton = h('button', { class: 'fn-ask', type: 'submit' }, 'Check');
const verifyState = h('p', { class: 'fn-sub', role: 'status' });
const findings = h('ol', { class: 'fn-findings', 'aria-label': 'Sentences' });
panes.get('verify').append(h('h2', { class: 'fn-title' }, 'Verify a text'),
  h('p', { class: 'fn-sub' }, 'Each sentence is held against the documents.'),
  h('form', { class: 'fn-verify-form', onsubmit: e => { e.preventDefault(); check(); } }, h('label', { class: 'fn-sr', for: 'fn-claim' }, 'Text to verify'), claimBox, checkButton),
  verifyState, findings);

async function check() {
  const words = claimBox.value.trim();
  if (!words || checkButton.disabled) return;
  checkButton.disabled = true;
  verifyState.textContent = 'Reading the sources';
  findings.replaceChildren();
  try {
    const set = { id: 'verify', ...await call('verify', { text: words }) };
    sets.set('verify', set);
    const sound = set.claims.filter(claim => claim.verdict === 'supported').length;
    verifyState.textContent = `${sound} of ${plural(set.claims.length, 'sentence')} supported.`;
    findings.replaceChildren(...set.claims.map(claim => h('li', { class: claim.verdict },
      h('p', { class: 'fn-verdict' }, h('span', { class: 'fn-dot', 'aria-hidden': 'true' }), h('span', { class: 'fn-verdict-name' }, VERDICT_NAME[claim.verdict])),
      h('p', { class: 'fn-text' }, spans(claim)),
      claim.cites.length && LEAD[claim.verdict] ? h('p', { class: 'fn-hint' }, LEAD[claim.verdict]) : null,
      h('ul', {}, claim.cites.map(n => h('li', {}, chip(set, n), h('div', {}, h('q', { class: lined(citation(set, n).quote) }, citation(set, n).quote),
        h('span', { class: 'fn-src-by' }, `${citation(set, n).title} \u00b7 ${byline(citation(set, n))}`))))))));
  } catch (error) { verifyState.textContent = error.message; }
  checkButton.disabled = false;
}
