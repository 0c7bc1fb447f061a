// The parts of this folder are joined in order and run once as gr.HTML's js_on_load, in one scope with
// element, trigger, props and watch. Every word of a user or a document enters the page as textContent: no innerHTML.
const root = element.querySelector('.fn-root');

function h(tag, attrs = {}, ...kids) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(attrs)) {
    if (key.startsWith('on')) el.addEventListener(key.slice(2), value);
    else if (key.startsWith('aria-') && typeof value === 'boolean') el.setAttribute(key, String(value));
    else if (value !== null && value !== undefined && value !== false) el.setAttribute(key, value === true ? '' : value);
  }
  el.append(...kids.flat(Infinity).filter(kid => kid !== null && kid !== undefined && kid !== false));
  return el;
}
const button = (label, onclick, attrs = {}) => h('button', { type: 'button', class: 'fn-link', onclick, ...attrs }, label);
const lined = text => /\n\s*(\n|[-*+\u2022]\s|\d{1,3}[.)]\s|```)/.test(text) ? ' fn-lined' : ''; // the lines of a list or of code stay
const unseen = text => h('span', { class: 'fn-sr' }, text);

function icon(...paths) { // 24-unit line drawings
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
const THUMB = 'M7 10v11H4V10h3zm0 1 4-8c1.500 0 2.500 1 2.500 2.500V9H19c1.300 0 2.200 1.200 1.900 2.400l-1.600 7.200c-.3 1.400-1.500 2.400-2.900 2.400H7';

// Python counts code points, JavaScript UTF-16 units
const cpIndex = (text, n) => { let i = 0; while (n-- > 0 && i < text.length) i += text.codePointAt(i) > 0xffff ? 2 : 1; return i; };

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const MOMENT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
const day = iso => iso ? DAY.format(new Date(iso)) : 'undated';
const moment = iso => MOMENT.format(new Date(iso));
const byline = c => `${c.publisher || 'Publisher unknown'}, ${day(c.published)}`;
const plural = (n, one, many = one + 's') => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;
const size = n => n < 1000 ? `${n} B` : n < 1e6 ? `${Math.round(n / 1000)} kB` : `${(n / 1e6).toFixed(1)} MB`;

const DOWN = 'The server does not answer. Look at its terminal, then try again.';
async function call(action, body = {}) { // a reply, or an Error whose message is a sentence
  let reply;
  try {
    reply = await fetch(`footnote/call/${action}`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Footnote': '1' }, body: JSON.stringify(body) });
  } catch { throw new Error(DOWN); }
  if (reply.status === 401) location.reload();
  const data = await reply.json().catch(() => ({ error: DOWN }));
  if (!reply.ok) throw new Error(data.error || DOWN);
  return data;
}

const toastBox = h('div', { class: 'fn-toast', role: 'status', hidden: true });
let toastTimer;
function toast(text, action, run) {
  clearTimeout(toastTimer);
  toastBox.replaceChildren(h('span', {}, text), action ? button(action, () => { toastBox.hidden = true; run(); }) : '');
  toastBox.hidden = false;
  toastTimer = setTimeout(() => { toastBox.hidden = true; }, action ? 12000 : 6000);
}

const store = { // the browser may forbid storage
  get(key) { try { return sessionStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { value === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, value); } catch { /* forbidden */ } },
};
