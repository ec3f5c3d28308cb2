// The cart lives in localStorage as { sku: quantity }, so that it survives a reload without a session.
const KEY = "harbour-tea.cart";

export function load(storage = window.localStorage) {
  try {
    return JSON.parse(storage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export function add(sku, quantity = 1, storage = window.localStorage) {
  const cart = load(storage);
  cart[sku] = Math.min((cart[sku] ?? 0) + quantity, 99);
  storage.setItem(KEY, JSON.stringify(cart));
  return cart;
}

export function count(cart) {
  return Object.values(cart).reduce((sum, quantity) => sum + quantity, 0);
}

function refresh() {
  document.querySelector("#cart-count").value = count(load());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-sku]");
  if (button) {
    add(button.dataset.sku);
    refresh();
  }
});

refresh();
