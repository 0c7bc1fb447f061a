// ---- source panel: the whole document, every cited span in the colour of its chip -----------------------------
// A "set" is whatever owns citations: a turn, a verification, or a document opened from the library (none).
const sets = new Map(); // id -> {id, citations}
const wide = () => matchMedia('(min-width: 1000px)').matches;
const tint = n => `fn-c${(n - 1) % 6 + 1}`;
const citation = (set, n) => set.citations.find(c => c.number === n);

function chip(set, n) {
  const c = citation(set, n);
  return c ? h('button', { type: 'button', class: `fn-chip ${tint(n)}`, 'data-set': set.id, 'data-n': n,
    'aria-label': `Citation ${n}: ${byline(c)}. Open source` }, String(n)) : null;
}

const title = h('h2', { id: 'fn-src-title', tabindex: '-1' });
const meta = h('p', { class: 'fn-src-meta' });
const count = h('span', { class: 'fn-count', 'aria-live': 'polite' });
const fileLink = h('a', { class: 'fn-link', target: '_blank', rel: 'noopener' }, 'Open the file');
const text = h('div', { class: 'fn-doc', tabindex: '0', role: 'region', 'aria-label': 'Document text' });
const step = (by, label, glyph) => h('button', { type: 'button', class: 'fn-btn', 'aria-label': label, onclick: () => move(by) }, glyph);
const prev = step(-1, 'Previous citation', '\u2190'), next = step(1, 'Next citation', '\u2192');
const nav = h('span', { class: 'fn-nav' }, prev, count, next);
const askThis = h('button', { type: 'button', class: 'fn-ask-this', hidden: true, onclick: () => askAboutSelection() }, 'Ask about this');
const panel = h('dialog', { class: 'fn-panel', 'aria-labelledby': 'fn-src-title' },
  h('header', {}, h('div', { class: 'fn-src-bar' }, nav, fileLink,
    h('button', { type: 'button', class: 'fn-btn fn-close', 'aria-label': 'Close source', onclick: () => closePanel() }, '\u00d7')), title, meta),
  text, askThis);
root.append(panel);

const documents = new Map(); // id -> reply of `document`; dropped when this page changes the library
let open = null; // {set, n, id, from}
let quietUntil = 0; // opening the panel moves chips under a still pointer: no card for a moment

async function show(set, n, from, id = citation(set, n).document_id) {
  const c = n === null ? null : citation(set, n);
  hideCard(); quietUntil = performance.now() + 300;
  open = { set, n, id, from: from || open?.from };
  paintCurrent();
  paintPlace(c, null);
  const fresh = !panel.open;
  if (fresh) { wide() ? panel.show() : panel.showModal(); document.body.classList.add('fn-open'); }
  if (!c || documents.get(id)?.sha256 !== c.sha256) { // another page may have changed the library
    text.replaceChildren(h('p', { class: 'fn-wait' }, 'Opening the document'));
    try { documents.set(id, await call('document', { id })); } catch (error) {
      if (open?.set === set && open.n === n) text.replaceChildren(h('p', { class: 'fn-wait', role: 'alert' }, error.message));
      return;
    }
    if (open?.set !== set || open.n !== n || open.id !== id) return; // the reader has moved on
  }
  paintPlace(c, documents.get(id));
  paintText(documents.get(id), set, c);
  if (fresh) title.focus({ preventScroll: true });
}

function paintCurrent() {
  document.querySelectorAll('.fn-chip[aria-current]').forEach(el => el.removeAttribute('aria-current'));
  if (open?.n) document.querySelectorAll(`.fn-chip[data-set="${CSS.escape(open.set.id)}"][data-n="${open.n}"]`)
    .forEach(el => el.setAttribute('aria-current', 'true'));
}
// the page where the quote starts; a citation alone knows only where its passage starts
const pageOf = (c, doc) => doc ? doc.pages.filter(start => start <= c.start).length || null : c.page;
function paintPlace(c, doc) {
  const about = doc || c || { title: open.id }, all = open.set.citations, at = all.indexOf(c), page = c && pageOf(c, doc);
  title.textContent = about.title;
  meta.textContent = [c || doc ? byline(about) : '', page ? `page ${page}` : '', open.id].filter(Boolean).join(' \u00b7 ');
  nav.hidden = !c;
  count.textContent = c ? `${at + 1} of ${all.length}` : '';
  prev.disabled = at <= 0; next.disabled = at === all.length - 1;
  fileLink.hidden = !doc?.file;
  fileLink.href = `footnote/file?id=${encodeURIComponent(open.id)}${page ? `#page=${page}` : ''}`;
}

// The text cut at every edge of a quote or page; a span that is not its quote is never highlighted.
function paintText(doc, set, current) {
  const here = set.citations.filter(c => c.document_id === doc.id).map(c => ({ c, a: cpIndex(doc.text, c.start), b: cpIndex(doc.text, c.end) }))
    .filter(({ c, a, b }) => doc.text.slice(a, b) === c.quote);
  const pages = new Map(doc.pages.map((start, i) => [cpIndex(doc.text, start), i + 1]));
  const edges = [...new Set([0, doc.text.length, ...pages.keys(), ...here.flatMap(({ a, b }) => [a, b])])].sort((x, y) => x - y);
  const nodes = [];
  let first = null;
  for (let i = 0; i < edges.length; i++) {
    if (pages.has(edges[i])) nodes.push(h('span', { class: 'fn-page', 'data-page': pages.get(edges[i]) }));
    const piece = doc.text.slice(edges[i], edges[i + 1] ?? edges[i]);
    if (!piece) continue;
    const over = here.filter(({ a, b }) => a <= edges[i] && edges[i] < b).map(({ c }) => c);
    const shown = over.includes(current) ? current : over[0];
    if (!shown) { nodes.push(piece); continue; }
    const mark = h('mark', { class: tint(shown.number), 'data-n': shown.number, 'aria-current': shown === current ? 'true' : null }, piece);
    if (shown === current) { first ??= mark; }
    nodes.push(mark);
  }
  const lost = current && !first;
  if (lost) nodes.unshift(h('p', { class: 'fn-wait', role: 'alert' }, 'This document changed since the answer was written, so the quote is not highlighted.'));
  else if (doc.stale) nodes.unshift(h('p', { class: 'fn-wait' }, 'The file has changed on disk. This is the text as it was indexed; re-sync in the Library to read it again.'));
  text.replaceChildren(...nodes);
  text.scrollTop = first ? first.offsetTop - text.clientHeight / 3 : 0;
}

function move(by) {
  const all = open?.set.citations || [], to = all[all.findIndex(c => c.number === open?.n) + by];
  if (open?.n && to) show(open.set, to.number);
}
function closePanel() {
  if (panel.open) panel.close();
  document.body.classList.remove('fn-open');
  askThis.hidden = true;
  const back = open?.from;
  open = null;
  paintCurrent();
  if (back?.isConnected) back.focus({ preventScroll: true });
}
panel.addEventListener('cancel', e => { e.preventDefault(); closePanel(); });
panel.addEventListener('click', e => { if (e.target === panel && panel.matches(':modal') && e.clientY < panel.getBoundingClientRect().top) closePanel(); });
matchMedia('(min-width: 1000px)').addEventListener('change', () => { if (panel.open) { panel.close(); wide() ? panel.show() : panel.showModal(); } });

// ---- "ask about this": a selection becomes a question ------------------------------------------------------------
function selected() {
  const picked = getSelection();
  return picked && !picked.isCollapsed && text.contains(picked.anchorNode) && text.contains(picked.focusNode) ? picked : null;
}
document.addEventListener('selectionchange', () => {
  const picked = selected();
  askThis.hidden = !picked || !picked.toString().trim();
  if (askThis.hidden) return;
  const spot = picked.getRangeAt(0).getBoundingClientRect(), frame = panel.getBoundingClientRect();
  askThis.style.top = `${Math.max(8, Math.min(spot.bottom - frame.top + 8, frame.height - 48))}px`;
  askThis.style.left = `${Math.max(8, Math.min(spot.left - frame.left, frame.width - 160))}px`;
});
askThis.addEventListener('pointerdown', e => e.preventDefault()); // keep the selection
function askAboutSelection() {
  const words = selected()?.toString().replace(/\s+/g, ' ').trim().slice(0, 300);
  if (!words) return;
  if (!wide()) closePanel();
  go('chat');
  compose(`What do the documents say about \u201c${words}\u201d?`);
}
