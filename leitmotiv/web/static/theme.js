// What a person chose, before the first paint: a classic script, so that it blocks. Everything else is a module.
(() => {
  const root = document.documentElement;
  root.dataset.scripted = "";
  for (const name of ["theme", "layout", "size"]) {
    let value = null;
    if (name !== "theme") value = new URLSearchParams(location.search).get(name);
    try { value ??= localStorage.getItem(`leitmotiv.${name}`); } catch { /* storage is switched off: the defaults serve */ }
    if (value !== null && /^[a-z]+$/.test(value)) root.dataset[name] = value;
  }
})();
