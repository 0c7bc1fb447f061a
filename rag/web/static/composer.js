// ---- the question box and the conversation -------------------------------------------------------------------------
let conversationId = null, busy = false, sent = null, left = false, replacing = null, watchdog; // left: the running answer is of a conversation no longer shown
const PATIENCE = 120000; // ms without a word from the server
const scope = { off: new Set(), after: '', before: '' }; // documents and dates left out, set in the Library

const box = h('textarea', { id: 'fn-box', rows: '1', maxlength: '100000', placeholder: 'Ask a question', autocomplete: 'off', enterkeyhint: 'send', dir: 'auto' });
const askButton = h('button', { class: 'fn-ask', type: 'submit' }, 'Ask');
const stopButton = h('button', { class: 'fn-stop', type: 'button', hidden: true, onclick: () => stop() }, 'Stop');
const scopeLine = h('p', { class: 'fn-scope' });
const editLine = h('p', { class: 'fn-editing', hidden: true }, 'Changing an earlier question. ', button('Cancel', () => { setReplacing(null); compose(''); }));
const composer = h('form', { class: 'fn-composer', onsubmit: e => { e.preventDefault(); send(box.value, replacing); } }, editLine,
  h('label', { class: 'fn-sr', for: 'fn-box' }, 'Your question'), h('div', { class: 'fn-field' }, box, askButton, stopButton), scopeLine);
panes.get('chat').append(composer);
root.append(toastBox);
box.addEventListener('keydown', e => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); composer.requestSubmit(); } });
box.addEventListener('input', fit);
function fit() { box.style.height = 'auto'; box.style.height = `${Math.min(box.scrollHeight, 168)}px`; }
function compose(words) { box.value = words; fit(); box.focus(); box.setSelectionRange(words.length, words.length); }
function setReplacing(turn) { replacing = turn; editLine.hidden = !turn; }
function edit(turn, words = turn.asked) { setReplacing(turn); compose(words); }

function scopeArguments() {
  const off = docs.filter(d => scope.off.has(d.id)).length;
  return { documents: off ? docs.filter(d => !scope.off.has(d.id)).map(d => d.id) : null, after: scope.after || null, before: scope.before || null };
}
function paintScope() {
  const used = inScope().length, parts = [];
  if (used !== docs.length) parts.push(`Asking ${used} of ${plural(docs.length, 'document')}.`);
  if (scope.after || scope.before) parts.push(`Dated ${[scope.after && `from ${day(scope.after)}`, scope.before && `to ${day(scope.before)}`].filter(Boolean).join(' ')}.`);
  scopeLine.hidden = !parts.length;
  scopeLine.replaceChildren(parts.join(' '), ' ', button('Ask all', () => clearScope()));
}

function send(question, replace = null) {
  question = question.trim();
  if (!question || busy) return;
  replace = replace && shown.get(replace.id)?.turn; // as it is now: a streaming turn has no conversation yet
  go('chat');
  const kept = replace?.conversation ? replace.id : replace?.replace || null; // what was never kept is only taken off the page
  if (replace && kept !== replace.id) forget(replace.id);
  setBusy(true);
  setReplacing(null);
  sent = question; left = false;
  if (box.value.trim() === question) { box.value = ''; fit(); } // else it is a draft, and an example or Retry was clicked
  trigger('submit', { question, conversation: conversationId, replace: kept, ...scopeArguments() });
}
function stop() { if (busy) trigger('stop', {}); }
function setBusy(on) {
  busy = on;
  clearTimeout(watchdog);
  if (on) watchdog = setTimeout(giveUp, PATIENCE);
  log.setAttribute('aria-busy', on);
  askButton.hidden = on; stopButton.hidden = !on;
}
function giveUp() {
  setBusy(false);
  if (sent && !box.value) compose(sent);
  sent = null;
  const last = order().at(-1);
  if (last?.status === 'streaming') paint({ ...last, status: 'error', message: DOWN }); else toast(DOWN);
}
function update() { // a frame from the server: the turn so far
  const turn = props.value;
  if (!turn?.id) return;
  setBusy(turn.status === 'streaming');
  sent = null;
  if (left) { left = busy; return; }
  const known = shown.get(turn.id)?.turn;
  paint({ ...turn, rating: known?.rating || 0, note: known?.note || '' });
  store.set('fn-running', busy ? turn.id : null);
  if (busy) return;
  if (turn.conversation) setConversation(turn.conversation);
  if (turn.status === 'done') suggestNext(shown.get(turn.id).turn);
}

function setConversation(id) { conversationId = id; store.set('fn-conversation', id); }
function newConversation() {
  if (busy) { left = true; sent = null; stop(); }
  [...shown.keys()].forEach(forget);
  setConversation(null);
  store.set('fn-running', null);
  setReplacing(null);
  empty.hidden = false;
}
async function openConversation(id) {
  let held;
  try { held = await call('conversation', { id }); } catch (error) { store.set('fn-conversation', null); return toast(error.message); }
  if (busy) return toast('Wait for the answer, or stop it.');
  go('chat');
  newConversation();
  held.turns.forEach(turn => paint({ ...turn, replace: null }));
  setConversation(id);
  box.focus({ preventScroll: true });
}

async function reopen(id) { // shows the answer that a reload left, once it is kept; a first one begins its conversation, of the same id
  const talk = store.get('fn-conversation') || id;
  if (talk !== id) { await openConversation(talk); store.set('fn-running', id); }
  for (let tries = 0; tries < 30; tries++) {
    const held = await call('conversation', { id: talk }).catch(() => null);
    if (busy || store.get('fn-running') !== id) return;
    if (held?.turns.some(turn => turn.id === id)) return openConversation(talk);
    await new Promise(done => setTimeout(done, 1000));
  }
  store.set('fn-running', null);
  toast('The reload cut the answer off: ask again.');
}

async function paintEmpty() {
  const list = h('ul', { class: 'fn-examples', 'aria-label': 'Questions these documents answer' });
  const n = docs.length;
  empty.replaceChildren(h('p', { class: 'fn-lead' }, n ? 'Ask the documents.' : 'Add a document first.'),
    h('p', { class: 'fn-sub' }, n ? `Every sentence is backed by an exact quote from ${plural(n, 'document')}. If they do not say, neither will the answer.`
      : 'Every sentence of an answer is backed by an exact quote from your documents. There are none yet.'),
    n ? list : button('Open the Library', () => go('library')));
  if (!n) return;
  try { (await call('examples')).examples.forEach(q => list.append(h('li', {}, h('button', { type: 'button', onclick: () => send(q) }, q)))); } catch { /* the page works without */ }
}
