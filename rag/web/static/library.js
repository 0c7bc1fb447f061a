// ---- Library: what is indexed, upload, delete with undo, re-sync, and which documents the chat may use ----------------
let user = '', docs = [], failedFiles = [], removedDocs = [], formats = [], uploadMb = 0;
const libraryState = h('p', { class: 'fn-sub fn-counts', role: 'status' });
const picker = h('input', { type: 'file', multiple: true, class: 'fn-sr', id: 'fn-files', onchange: e => { upload([...e.target.files]); e.target.value = ''; } });
const dropHint = h('p', { class: 'fn-hint' });
const drop = h('div', { class: 'fn-drop' }, h('p', {}, 'Drop files here, or ', picker, h('label', { class: 'fn-link', for: 'fn-files' }, 'choose files')), dropHint);
const uploads = h('ul', { class: 'fn-uploads', 'aria-label': 'Uploads', 'aria-live': 'polite' });
const nameFilter = h('input', { type: 'search', placeholder: 'Find a document', 'aria-label': 'Find a document by title or file name', oninput: () => paintLibrary() });
const dateField = (key, label) => {
  const field = h('input', { type: 'date', onchange: () => { scope[key] = field.value; paintLibrary(); } });
  return { field, el: h('label', { class: 'fn-date' }, label, field) };
};
const from = dateField('after', 'From'), to = dateField('before', 'To');
const resync = h('button', { type: 'button', class: 'fn-small', onclick: () => syncNow() }, 'Re-sync');
const tbody = h('tbody');
const bin = h('ul', {}), binBox = h('details', { class: 'fn-removed', hidden: true }, h('summary', {}, 'Deleted documents'), bin);
const allBox = h('input', { type: 'checkbox', 'aria-label': 'Use every listed document in answers', onchange: () => { listed().forEach(d => allBox.checked ? scope.off.delete(d.id) : scope.off.add(d.id)); paintLibrary(); } });
const table = h('table', { class: 'fn-table' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, allBox),
  ['Document', 'Date', 'Size', 'Passages', 'State'].map(name => h('th', { scope: 'col', class: `fn-col-${name.toLowerCase()}` }, name)),
  h('th', { scope: 'col' }, unseen('Delete')))), tbody);
panes.get('library').append(h('h2', { class: 'fn-title' }, 'Library'), libraryState, drop, uploads,
  h('div', { class: 'fn-filters' }, nameFilter, from.el, to.el, resync), h('p', { class: 'fn-hint fn-used' }), table, binBox);
onShow.library = () => refreshLibrary();

const inDates = d => !(scope.after && (!d.published || d.published < scope.after)) && !(scope.before && (!d.published || d.published > scope.before));
const inScope = () => docs.filter(d => !scope.off.has(d.id) && inDates(d));
const listed = () => docs.filter(d => `${d.title} ${d.id}`.toLowerCase().includes(nameFilter.value.trim().toLowerCase()));

async function refreshLibrary() {
  try {
    const reply = await call('listing');
    ({ documents: docs, failed: failedFiles, removed: removedDocs, user, formats, upload_mb: uploadMb } = reply);
  } catch (error) { toast(error.message); }
  paintLibrary();
}
function changed() { documents.clear(); return refreshLibrary().then(paintEmpty); }

const STATE = { ready: 'Ready', changed: 'Changed on disk' };
function row(d) {
  const used = h('input', { type: 'checkbox', 'aria-label': `Use \u201c${d.title}\u201d in answers`, onchange: e => { e.target.checked ? scope.off.delete(d.id) : scope.off.add(d.id); paintLibrary(); } });
  used.checked = !scope.off.has(d.id);
  return h('tr', { class: used.checked && inDates(d) ? '' : 'fn-off' }, h('td', {}, used),
    h('td', { class: 'fn-col-document' }, button(d.title, e => show({ id: `doc:${d.id}`, citations: [] }, null, e.target, d.id), { class: 'fn-doc-title' }),
      h('span', { class: 'fn-src-by' }, [d.publisher, d.id].filter(Boolean).join(' \u00b7 '))),
    h('td', { class: 'fn-col-date' }, day(d.published)), h('td', { class: 'fn-col-size' }, size(d.bytes)),
    h('td', { class: 'fn-col-passages' }, d.passages.toLocaleString('en-GB')), h('td', { class: 'fn-col-state' }, d.reason || STATE[d.state]),
    h('td', {}, button('Delete', () => removeDocument(d), { 'aria-label': `Delete \u201c${d.title}\u201d` })));
}
const failedRow = f => h('tr', { class: 'fn-failed' }, h('td'), h('td', { class: 'fn-col-document', colspan: '6' }, h('strong', {}, f.id), h('span', { class: 'fn-src-by' }, `Not read: ${f.reason}`)));

function paintLibrary() {
  picker.accept = formats.join(',');
  dropHint.textContent = `${formats.join(' ')}, up to ${uploadMb} MB each`;
  const passages = docs.reduce((sum, d) => sum + d.passages, 0), use = listed();
  libraryState.textContent = `${plural(docs.length, 'document')}, ${plural(passages, 'passage')}${failedFiles.length ? `, ${plural(failedFiles.length, 'file')} not read` : ''}`;
  const used = inScope().length;
  panes.get('library').querySelector('.fn-used').textContent = used === docs.length ? 'The chat uses every document. Untick some, or set dates, to ask fewer.'
    : `The chat uses ${used} of ${plural(docs.length, 'document')}.`;
  const on = use.filter(d => !scope.off.has(d.id)).length;
  allBox.checked = on === use.length && on > 0; allBox.indeterminate = on > 0 && on < use.length;
  binBox.hidden = !removedDocs.length;
  bin.replaceChildren(...removedDocs.map(d => h('li', {}, h('span', {}, d.title), button('Restore', () => restoreDocument(d.id), { 'aria-label': `Restore \u201c${d.title}\u201d` }))));
  tbody.replaceChildren(...use.map(row), ...failedFiles.map(failedRow));
  paintScope();
}
function clearScope() { scope.off.clear(); scope.after = scope.before = ''; from.field.value = to.field.value = ''; paintLibrary(); }

async function removeDocument(d) {
  try { await call('remove', { ids: [d.id] }); } catch (error) { return toast(error.message); }
  if (open?.id === d.id) closePanel();
  await changed();
  toast(`Deleted \u201c${d.title}\u201d.`, 'Undo', () => restoreDocument(d.id));
}
async function restoreDocument(id) {
  try { await call('restore', { ids: [id] }); toast('It is back.'); } catch (error) { toast(error.message); }
  changed();
}
async function syncNow() {
  resync.disabled = true; resync.textContent = 'Reading the folder';
  try {
    const did = await call('sync');
    const parts = ['added', 'updated', 'removed', 'failed'].filter(k => did[k]).map(k => `${did[k]} ${k}`);
    toast(parts.length ? `Done: ${parts.join(', ')}.` : 'Nothing has changed.');
  } catch (error) { toast(error.message); }
  resync.disabled = false; resync.textContent = 'Re-sync';
  changed();
}

// ---- upload: one request a file, so that each has its progress and its own reason when it fails -----------------------
async function upload(files) {
  go('library');
  const rows = files.map(file => {
    const bar = h('progress', { max: '1', value: '0', 'aria-label': `Upload of ${file.name}` }), state = h('span', { class: 'fn-src-by' }, 'Waiting');
    const el = h('li', {}, h('span', { class: 'fn-src-name' }, file.name), bar, state);
    return { file, bar, state, el };
  });
  uploads.replaceChildren(...rows.map(r => r.el));
  for (const r of rows) {
    try {
      const reply = await sendFile(r);
      const made = reply.documents[0];
      r.state.textContent = made ? `Ready: ${plural(made.passages, 'passage')}` : 'Already in the library';
      r.el.className = 'done';
    } catch (error) { r.state.textContent = error.message; r.el.className = 'failed'; }
    r.bar.remove();
  }
  changed();
}
function sendFile({ file, bar, state }) {
  return new Promise((resolve, reject) => {
    if (file.size > uploadMb * 1e6) return reject(new Error(`The file is too large: at most ${uploadMb} MB.`));
    const request = new XMLHttpRequest();
    request.open('POST', `footnote/upload?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('X-Footnote', '1');
    request.upload.onprogress = e => { bar.value = e.loaded / e.total; state.textContent = 'Sending'; };
    request.upload.onload = () => { bar.removeAttribute('value'); state.textContent = 'Reading'; };
    request.onerror = () => reject(new Error(DOWN));
    request.onload = () => {
      let reply; try { reply = JSON.parse(request.responseText); } catch { reply = {}; }
      request.status === 200 ? resolve(reply) : reject(new Error(reply.error || DOWN));
    };
    request.send(file);
  });
}
for (const kind of ['dragenter', 'dragover']) document.addEventListener(kind, e => {
  if (!e.dataTransfer?.types.includes('Files')) return;
  e.preventDefault();
  drop.classList.add('over');
});
document.addEventListener('dragleave', e => { if (!e.relatedTarget) drop.classList.remove('over'); });
document.addEventListener('drop', e => {
  if (!e.dataTransfer?.files.length) return;
  e.preventDefault();
  drop.classList.remove('over');
  upload([...e.dataTransfer.files]);
});
