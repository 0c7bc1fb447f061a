// ---- hover card: the quote, its document, publisher and date ------------------------------------------------------
const card = h('div', { class: 'fn-card', id: 'fn-card', role: 'tooltip', popover: 'manual' });
root.append(card);
let cardTimer, carded;

function showCard(el) {
  const set = sets.get(el.dataset.set), c = set && citation(set, +el.dataset.n);
  if (!c || panel.matches(':modal') || performance.now() < quietUntil) return;
  clearTimeout(cardTimer);
  card.replaceChildren(h('q', { class: lined(c.quote) }, c.quote), h('strong', {}, c.title), h('span', {}, byline(c) + (c.page ? `, page ${c.page}` : '')));
  carded?.removeAttribute('aria-describedby');
  carded = el;
  el.setAttribute('aria-describedby', 'fn-card');
  if (!card.matches(':popover-open')) card.showPopover();
  const at = el.getBoundingClientRect(), w = card.offsetWidth, tall = card.offsetHeight;
  card.style.left = `${Math.max(8, Math.min(at.left + at.width / 2 - w / 2, document.documentElement.clientWidth - w - 8))}px`;
  card.style.top = `${at.bottom + 8 + tall < innerHeight - 96 ? at.bottom + 8 : Math.max(8, at.top - tall - 8)}px`;
}
function hideCard() {
  clearTimeout(cardTimer);
  if (card.matches(':popover-open')) card.hidePopover();
  carded?.removeAttribute('aria-describedby');
}
const hideSoon = () => { clearTimeout(cardTimer); cardTimer = setTimeout(hideCard, 120); };
const chipAt = e => e.target.closest?.('.fn-chip');
root.addEventListener('pointerover', e => { const el = chipAt(e); if (el && e.pointerType !== 'touch') showCard(el); });
root.addEventListener('pointerout', e => { if (chipAt(e)) hideSoon(); });
card.addEventListener('pointerenter', () => clearTimeout(cardTimer));
card.addEventListener('pointerleave', hideSoon);
root.addEventListener('focusin', e => { const el = chipAt(e); if (el?.matches(':focus-visible')) showCard(el); });
root.addEventListener('focusout', e => { if (chipAt(e)) hideCard(); });
addEventListener('scroll', hideCard, { passive: true });
root.addEventListener('click', e => { const el = chipAt(e); if (el && sets.has(el.dataset.set)) show(sets.get(el.dataset.set), +el.dataset.n, el); });
