// ---- turns: keyed by id; sentences are appended, so streaming never touches what is on the page --------------------
const OUTCOME = { supported: 'In the documents', partly: 'Partly supported', partial: 'Partly answered', conflict: 'Sources differ', abstained: 'No answer found' };
const STATUS = { streaming: 'Reading the sources', stopped: 'Stopped', error: 'No answer' };
const VERDICT = { // the mark on screen, the words for the pointer and for screen readers
  supported: ['\u2713', 'Supported by its quote'], partly: ['partly', 'Only partly supported by its quote'],
  unsupported: ['no source', 'Not supported by any quote'], contradicted: ['disputed', 'Another source says otherwise'] };
const empty = h('div', { class: 'fn-empty' });
const log = h('div', { class: 'fn-log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': 'Conversation' });
panes.get('chat').append(empty, log);
const shown = new Map(); // turn id -> {turn, el, verdict, text, foot, claims, state}
const order = () => [...log.children].map(el => shown.get(el.dataset.id)?.turn).filter(Boolean);

function outcome(turn) {
  if (turn.status !== 'done') return turn.status;
  if (turn.conflict.length) return 'conflict';
  if (turn.outcome !== 'answered') return turn.outcome;
  return turn.claims.every(claim => claim.verdict === 'supported') ? 'supported' : 'partly';
}
function spans(claim) { // the sentence with what was asked in bold; highlights count code points
  const points = [...claim.text], parts = [];
  let at = 0;
  for (const [start, end] of [...claim.highlights].sort((x, y) => x[0] - y[0])) {
    if (start < at || end > points.length) continue;
    parts.push(points.slice(at, start).join(''), h('strong', {}, points.slice(start, end).join('')));
    at = end;
  }
  return [...parts, points.slice(at).join('')];
}
function verdictMark(verdict) {
  const [glyph, words] = VERDICT[verdict] || VERDICT.unsupported;
  return h('span', { class: `fn-sign ${verdict}`, title: words }, h('span', { 'aria-hidden': 'true' }, glyph), unseen(` (${words}) `));
}
const sentence = (set, claim) => h('span', { class: `fn-sentence ${claim.verdict}` }, h('span', { class: `fn-words${lined(claim.text)}` }, spans(claim)),
  '\u2060', claim.cites.map(n => chip(set, n)), verdictMark(claim.verdict), ' ');

function quoteItem(turn, group, kind) {
  const c = group[0], chips = h('span', { class: 'fn-chips' }, group.map(item => chip(turn, item.number)));
  const words = [kind === 'sources' ? h('span', { class: 'fn-src-name' }, c.title) : h('q', { class: lined(c.quote) }, c.quote),
    h('span', { class: 'fn-src-by' }, kind === 'sources' ? byline(c) : `${c.title} \u00b7 ${byline(c)}`)];
  return kind === 'versus' ? h('li', {}, chips, h('strong', { class: 'fn-when' }, c.published ? day(c.published) : 'Undated'), words) : h('li', {}, chips, h('div', {}, words));
}
function quoteList(turn, groups, kind, name) {
  if (!groups.length) return null;
  return h('section', { class: `fn-${kind}`, 'aria-label': name }, kind === 'sources' ? null : h('h3', {}, name), h('ol', {}, groups.map(group => quoteItem(turn, group, kind))));
}
function sources(turn) {
  if (turn.outcome === 'abstained') return [quoteList(turn, turn.citations.map(c => [c]), 'near', 'Nearest passages')];
  const rivals = turn.citations.filter(c => turn.conflict.includes(c.number)), rest = turn.citations.filter(c => !rivals.includes(c));
  return [quoteList(turn, rivals.map(c => [c]), 'versus', 'Side by side'), quoteList(turn, [...Map.groupBy(rest, c => c.document_id).values()], 'sources', 'Sources')];
}
function asText(turn) { // all that the page shows of it, for a text that leaves the page
  const kind = outcome(turn), marks = numbers => numbers.map(n => ` [${n}]`).join('');
  const said = claim => claim.text + marks(claim.cites) + (claim.verdict === 'supported' ? '' : ` (${VERDICT[claim.verdict][1]})`);
  return [turn.asked, turn.question === turn.asked ? null : `Read as: ${turn.question}`,
    kind === 'supported' ? null : OUTCOME[kind] + (kind === 'conflict' ? `:${marks(turn.conflict)}` : ''), '',
    turn.claims.map(said).join(' ') || turn.text, ...(turn.notices || []), '', kind === 'abstained' && turn.citations.length ? 'Nearest passages:' : null,
    ...turn.citations.map(c => `[${c.number}] \u201c${c.quote}\u201d ${c.title}. ${byline(c)}${c.page ? `, page ${c.page}` : ''} (${c.document_id}:${c.start}-${c.end})`),
  ].filter(line => line !== null).join('\n');
}

async function copy(turn, el) {
  try { await navigator.clipboard.writeText(asText(turn)); el.textContent = 'Copied'; } catch { toast('The browser does not let this page copy. Select the text instead.'); }
}
function actions(turn) {
  const done = turn.status === 'done', kept = turn.conversation && done;
  const thumb = (rating, label, cls) => h('button', { type: 'button', class: `fn-thumb ${cls}`, 'aria-label': label, title: label,
    'aria-pressed': turn.rating === rating, onclick: () => rate(turn, rating) }, icon(THUMB));
  return h('div', { class: 'fn-actions' },
    done ? button('Copy', e => copy(turn, e.target), { 'aria-label': 'Copy with quotes' }) : null,
    button('Edit', () => edit(turn)), button('Retry', () => send(turn.asked, turn)), button('Undo', () => undo(turn), { class: 'fn-link fn-undo' }),
    kept ? h('span', { class: 'fn-thumbs' }, thumb(1, 'Good answer', 'up'), thumb(-1, 'Bad answer', 'down')) : null);
}
async function rate(turn, rating) {
  rating = turn.rating === rating ? 0 : rating;
  try { await call('rate', { id: turn.id, rating, note: rating ? turn.note || '' : '' }); } catch (error) { return toast(error.message); }
  Object.assign(turn, { rating, note: rating ? turn.note : '' });
  const foot = shown.get(turn.id).foot;
  foot.querySelector('.fn-actions').replaceWith(actions(turn));
  foot.querySelector('.fn-note')?.remove();
  if (!rating) return;
  const field = h('input', { type: 'text', maxlength: '2000', placeholder: 'What was good or wrong? (optional)', 'aria-label': 'Note on this answer' });
  field.value = turn.note || '';
  const form = h('form', { class: 'fn-note', onsubmit: async e => {
    e.preventDefault();
    try { await call('rate', { id: turn.id, rating, note: field.value }); turn.note = field.value; form.replaceChildren(h('span', {}, 'Noted. Thank you.')); } catch (error) { toast(error.message); }
  } }, field, h('button', { class: 'fn-small' }, 'Save note'));
  foot.querySelector('.fn-actions').after(form);
}
async function undo(turn) {
  if (busy) return toast('Wait for the answer, or stop it.');
  if (turn.conversation) try { await call('drop', { id: turn.id }); } catch (error) { return toast(error.message); }
  forget(turn.id);
  if (!order().some(other => other.conversation)) setConversation(null); // it went with its last turn
  if (!shown.size) newConversation();
  compose(turn.asked);
}
function forget(id) {
  if (open?.set.id === id) closePanel();
  shown.get(id)?.el.remove();
  shown.delete(id); sets.delete(id);
  empty.hidden = shown.size > 0;
}

function paint(turn) {
  const r = shown.get(turn.id) || place(turn);
  r.turn = turn;
  sets.set(turn.id, turn);
  paintClaims(r, turn);
  paintRead(r, turn);
  if (r.state === turn.status) return;
  r.state = turn.status;
  r.el.dataset.status = turn.status;
  const kind = outcome(turn);
  r.verdict.className = `fn-verdict ${kind}`;
  r.verdict.replaceChildren(h('span', { class: 'fn-dot', 'aria-hidden': 'true' }),
    h('span', { class: 'fn-verdict-name' }, OUTCOME[kind] || STATUS[kind]), turn.words ? h('span', {}, turn.words) : '');
  if (turn.status === 'streaming') return r.foot.replaceChildren();
  if (turn.status === 'error') r.text.replaceChildren(turn.message);
  const notes = (turn.notices || []).map(notice => h('p', { class: 'fn-notice' }, notice));
  r.foot.replaceChildren(...[...notes, ...(turn.status === 'done' ? sources(turn) : []), actions(turn)].filter(Boolean));
}
function place(turn) { // a new turn goes to the end, or where the turn it replaces was
  const id = `fn-q-${turn.id}`, old = shown.get(turn.replace);
  const r = { verdict: h('p', { class: 'fn-verdict' }), text: h('p', { class: 'fn-text' }), foot: h('footer', {}), read: h('p', { class: 'fn-read', hidden: true }), claims: [], state: '' };
  r.el = h('article', { class: 'fn-turn', 'data-id': turn.id, 'aria-labelledby': id }, h('h2', { id, dir: 'auto' }, turn.asked), r.read, r.verdict, r.text, r.foot);
  shown.set(turn.id, r);
  document.querySelectorAll('.fn-next').forEach(el => el.remove());
  if (old) { old.el.replaceWith(r.el); forget(turn.replace); } else log.append(r.el);
  empty.hidden = true;
  if (shown.size > 1) requestAnimationFrame(() => r.el.scrollIntoView({ block: 'start' }));
  return r;
}
function paintClaims(r, turn) {
  const same = r.claims.every((text, i) => turn.claims[i]?.text === text);
  if (!same) { r.text.replaceChildren(); r.claims = []; } // the answer took another course, such as a failing model
  for (const claim of turn.claims.slice(r.claims.length)) { r.text.append(sentence(turn, claim)); r.claims.push(claim.text); }
  if (turn.status === 'done' && !turn.claims.length) r.text.textContent = turn.text;
}
function paintRead(r, turn) {
  if (turn.question === turn.asked || !r.read.hidden) return;
  r.read.hidden = false;
  r.read.replaceChildren(h('span', {}, 'Read as: ', h('em', {}, turn.question)), ' ', button('Change', () => edit(turn, turn.question), { 'aria-label': 'Change how the question is read' }));
}

async function suggestNext(turn) {
  const before = order(), asked = before.flatMap(t => [t.asked, t.question]).slice(-200);
  const cited = before.filter(t => t.outcome !== 'abstained').flatMap(t => t.citations.map(c => [c.document_id, c.start, c.end])).slice(-100);
  let reply;
  try { reply = await call('suggest', { question: turn.question, cited, asked }); } catch { return; }
  if (busy || !reply.questions.length || order().at(-1)?.id !== turn.id) return;
  shown.get(turn.id).foot.append(h('section', { class: 'fn-next', 'aria-label': 'Ask next' }, h('h3', {}, 'Ask next'),
    h('ul', {}, reply.questions.map(q => h('li', {}, h('button', { type: 'button', onclick: () => send(q) }, q))))));
}
