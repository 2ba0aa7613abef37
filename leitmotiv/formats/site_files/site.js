// One classic script, so that the page opens from the disk: modules may not be loaded there.
(function () {
  "use strict";
  const data = window.LEITMOTIV;
  const at = (id) => document.getElementById(id);
  const counts = Object.keys(data.cuts).map(Number).sort((a, b) => a - b);
  const range = at("count");
  const dialog = at("whole");
  let members = [];
  let place = 0;

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  function tile(row, group) {
    const [file, name, taken, ratio, colour] = data.pictures[row];
    const image = make("img", { src: `images/256/${file}`, alt: `${name}, ${taken}`, loading: "lazy", decoding: "async" });
    image.srcset = `images/256/${file} 256w, images/512/${file} 512w`;
    image.sizes = `${Math.round(148 * ratio)}px`;
    const button = make("button", { type: "button", className: "tile", title: name }, image);
    button.style.setProperty("--r", ratio);
    button.style.setProperty("--c", colour);
    button.addEventListener("click", () => open(group.members, group.members.indexOf(row)));
    return button;
  }

  function section(group) {
    const palette = make("span", { className: "palette" });
    palette.setAttribute("role", "img");
    palette.setAttribute("aria-label", group.palette.map(([colour, share]) => `${colour} ${Math.round(100 * share)} %`).join(", "));
    for (const [colour, share] of group.palette) {
      const band = make("i", {});
      band.style.cssText = `flex:${share};background:${colour}`;
      palette.append(band);
    }
    const size = group.members.length;
    const years = group.members.map((row) => data.pictures[row][2].slice(0, 4)).sort();
    const span = years[0] === years[size - 1] ? years[0] : `${years[0]}–${years[size - 1]}`;
    const head = make("div", { className: "head" }, make("h2", { textContent: group.name }), make("span", { className: "note", textContent: `${size} pictures · ${span}` }), palette);
    const tiles = make("div", { className: size > 12 ? "tiles few" : "tiles" });
    for (const row of group.members.slice(0, 12)) tiles.append(tile(row, group));
    const part = make("section", { className: "group" }, head, tiles);
    if (size > 12) {
      const more = make("button", { type: "button", className: "more", textContent: `All ${size}` });
      more.addEventListener("click", () => {
        for (const row of group.members.slice(12)) tiles.append(tile(row, group));
        tiles.className = "tiles";
        more.remove();
      });
      part.append(more);
    }
    return part;
  }

  function show(count) {
    const groups = data.cuts[count];
    const alone = groups.filter((group) => group.members.length === 1);
    const parts = groups.filter((group) => group.members.length > 1).map(section);
    if (alone.length) {
      const all = { name: "Alone", members: alone.map((group) => group.members[0]), palette: [] };
      parts.push(section(all));
    }
    at("groups").replaceChildren(...parts);
    at("sum").textContent = `${data.pictures.length} pictures in ${groups.length - alone.length} trends${alone.length ? `, ${alone.length} alone` : ""}`;
    range.setAttribute("aria-valuetext", `${count} groups`);
  }

  function open(list, start) {
    members = list;
    place = start;
    turn(0);
    if (!dialog.open) dialog.showModal();
  }

  function turn(step) {
    place = (place + step + members.length) % members.length;
    const [file, name, taken, , colour, stars] = data.pictures[members[place]];
    const image = at("large");
    image.src = `images/512/${file}`;
    image.alt = name;
    image.style.setProperty("--c", colour);
    at("caption").textContent = `${name} · ${taken}${stars ? ` · ${"★".repeat(stars)}` : ""} · ${place + 1} of ${members.length}`;
  }

  for (const button of dialog.querySelectorAll("button")) {
    button.addEventListener("click", () => (Number(button.dataset.go) ? turn(Number(button.dataset.go)) : dialog.close()));
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "ArrowRight") turn(1);
  });
  document.title = data.title;
  at("title").textContent = data.title;
  range.max = String(counts.length - 1);
  range.value = String(Math.max(0, counts.indexOf(data.shown)));
  range.parentElement.hidden = counts.length < 2;
  range.addEventListener("input", () => show(counts[Number(range.value)]));
  show(counts[Number(range.value)]);
})();
