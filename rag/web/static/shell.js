// ---- header, tabs, theme ------------------------------------------------------------------------------------
const themeButton = button('', () => setDark(!document.body.classList.contains('dark'), true));
function setDark(dark, keep) {
  document.body.classList.toggle('dark', dark);
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  themeButton.textContent = dark ? 'Light' : 'Dark';
  themeButton.setAttribute('aria-label', dark ? 'Light page' : 'Dark page');
  if (keep) try { localStorage.setItem('fn-dark', dark ? '1' : '0'); } catch { /* forbidden */ }
}
let savedDark = null;
try { savedDark = localStorage.getItem('fn-dark'); } catch { /* forbidden */ }
setDark(savedDark ? savedDark === '1' : matchMedia('(prefers-color-scheme: dark)').matches, false);

const TABS = ['Chat', 'Library', 'Verify', 'Evals'];
const tabs = new Map(), panes = new Map(), onShow = {};
for (const name of TABS) {
  const key = name.toLowerCase();
  tabs.set(key, h('button', { type: 'button', role: 'tab', id: `fn-tab-${key}`, 'aria-controls': `fn-pane-${key}`, onclick: () => go(key) }, name));
  panes.set(key, h('section', { role: 'tabpanel', id: `fn-pane-${key}`, class: `fn-pane fn-${key}`, 'aria-labelledby': `fn-tab-${key}`, hidden: true }));
}
const tablist = h('div', { class: 'fn-tabs', role: 'tablist', 'aria-label': 'Parts of the page' }, [...tabs.values()]);
tablist.addEventListener('keydown', e => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
  if (!step) return;
  const all = [...tabs.keys()], at = all.findIndex(key => tabs.get(key) === document.activeElement);
  go(all[(at + step + all.length) % all.length]);
  tabs.get(tab).focus();
  e.preventDefault();
  e.stopPropagation();
});
let tab = '';
function go(key) {
  if (key === tab) return;
  tab = key;
  for (const [name, el] of tabs) {
    el.setAttribute('aria-selected', name === key);
    el.tabIndex = name === key ? 0 : -1;
    panes.get(name).hidden = name !== key;
  }
  history.replaceState(null, '', key === 'chat' ? location.pathname + location.search : `#${key}`);
  scrollTo(0, 0);
  onShow[key]?.();
}

const historyButton = button('History', () => openHistory());
const newButton = button('New', () => { go('chat'); newConversation(); box.focus(); }, { 'aria-label': 'New conversation' });
root.append(
  h('header', { class: 'fn-head' }, h('h1', {}, 'Footnote', h('sup', { 'aria-hidden': 'true' }, '1')), tablist,
    h('div', { class: 'fn-tools' }, newButton, historyButton, themeButton)),
  ...panes.values());
