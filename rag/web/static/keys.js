// ---- keys, then the start -----------------------------------------------------------------------------------------------------
document.addEventListener('keydown', e => {
  if (!root.isConnected || e.isComposing || drawer.open) return;
  if (e.key === 'Escape') {
    if (card.matches(':popover-open')) { hideCard(); if (!panel.open) return; }
    if (panel.open) { e.preventDefault(); closePanel(); } else if (busy) stop(); else if (replacing) { setReplacing(null); compose(''); }
    return;
  }
  const by = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
  if (!by || e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
  if (panel.open && panel.contains(document.activeElement)) { e.preventDefault(); move(by); return; }
  const el = document.activeElement?.closest?.('.fn-chip');
  if (!el) return;
  const all = [...el.closest('.fn-turn, .fn-findings').querySelectorAll('.fn-chip')];
  all[all.indexOf(el) + by]?.focus();
  e.preventDefault();
});

watch('value', update);
setBusy(false);
go(TABS.map(name => name.toLowerCase()).find(key => location.hash === `#${key}`) || 'chat');
addEventListener('hashchange', () => { const key = location.hash.slice(1); if (tabs.has(key)) go(key); });
box.focus({ preventScroll: true });
refreshLibrary().then(paintEmpty);
if (store.get('fn-running')) reopen(store.get('fn-running'));
else if (store.get('fn-conversation')) openConversation(store.get('fn-conversation'));
