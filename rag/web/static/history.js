// ---- History: conversations kept on this machine ------------------------------------------------------------------------------
const historySearch = h('input', { type: 'search', placeholder: 'Search', 'aria-label': 'Search conversations', maxlength: '200', oninput: () => searchSoon() });
const historyList = h('ul', { class: 'fn-talks' });
const whoami = h('p', { class: 'fn-who', hidden: true });
const drawer = h('dialog', { class: 'fn-drawer', 'aria-labelledby': 'fn-history-title' },
  h('header', {}, h('div', { class: 'fn-src-bar' }, h('h2', { id: 'fn-history-title' }, 'Conversations'),
    h('button', { type: 'button', class: 'fn-btn fn-close', 'aria-label': 'Close conversations', onclick: () => drawer.close() }, '\u00d7')), historySearch), historyList, whoami);
root.append(drawer);
drawer.addEventListener('click', e => { if (e.target === drawer && e.clientX > drawer.getBoundingClientRect().right) drawer.close(); });
let searchTimer;
function searchSoon() { clearTimeout(searchTimer); searchTimer = setTimeout(paintHistory, 150); }
function openHistory() {
  hideCard();
  whoami.hidden = !user;
  if (user) whoami.replaceChildren(`Logged in as ${user}. `, h('a', { class: 'fn-link', href: 'logout' }, 'Log out'));
  drawer.showModal(); historySearch.value = ''; historySearch.focus(); paintHistory();
}

async function paintHistory() {
  const search = historySearch.value;
  let talks;
  try { talks = (await call('conversations', { search })).conversations; } catch (error) { return historyList.replaceChildren(h('li', { class: 'fn-hint' }, error.message)); }
  if (search !== historySearch.value) return; // a later search is on its way
  historyList.replaceChildren(...talks.map(talkRow));
  if (!talks.length) historyList.append(h('li', { class: 'fn-hint' }, search ? 'Nothing found.' : 'Nothing here yet.'));
}
function talkRow(talk) {
  const save = kind => h('a', { class: 'fn-link', href: `footnote/export?id=${talk.id}&format=${kind[0]}`, download: '' }, kind[1]);
  const row = h('li', { 'aria-current': talk.id === conversationId ? 'true' : null });
  const remove = button('Delete', async () => {
    if (remove.textContent === 'Delete') { remove.textContent = 'Delete for good?'; return; }
    try { await call('delete', { id: talk.id }); } catch (error) { return toast(error.message); }
    if (talk.id === conversationId) newConversation();
    paintHistory();
  });
  row.append(button(talk.title, () => { drawer.close(); openConversation(talk.id); }, { class: 'fn-talk' }),
    h('span', { class: 'fn-src-by' }, `${moment(talk.updated)} \u00b7 ${plural(talk.turns, 'question')}`),
    h('details', {}, h('summary', {}, 'More', unseen(` for ${talk.title}`)), h('div', { class: 'fn-actions' },
      button('Rename', () => renameRow(row, talk)), [['md', 'Markdown'], ['json', 'JSON'], ['html', 'HTML']].map(save), remove)));
  return row;
}
function renameRow(row, talk) {
  const field = h('input', { type: 'text', maxlength: '120', 'aria-label': 'New title' });
  field.value = talk.title;
  row.replaceChildren(h('form', { class: 'fn-note', onsubmit: async e => {
    e.preventDefault();
    try { if (field.value.trim()) await call('rename', { id: talk.id, title: field.value }); } catch (error) { toast(error.message); }
    paintHistory();
  } }, field, h('button', { class: 'fn-small' }, 'Rename')));
  field.select();
}
