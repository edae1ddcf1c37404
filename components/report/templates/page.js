"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const finger = matchMedia("(pointer: coarse)").matches;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  // "@name" stands for a colour of the style sheet, so that plots follow light and dark.
  const coloured = (value) => {
    if (typeof value === "string") return value.startsWith("@") ? colour(value.slice(1)) : value;
    if (Array.isArray(value)) return value.map(coloured);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one)]));
    }
    return value;
  };
  const axis = (given) => ({
    gridcolor: colour("line"), zerolinecolor: colour("line"), linecolor: colour("line"), automargin: true,
    fixedrange: finger, ...given, title: { standoff: 8, ...given.title, font: { size: 12 } },
  });
  const layout = (given) => {
    const own = coloured(given);
    return {
      ...own,
      xaxis: axis(own.xaxis), yaxis: axis(own.yaxis),
      margin: { l: 44, r: 12, t: 30, b: 44 }, hovermode: "closest",
      paper_bgcolor: "transparent", plot_bgcolor: "transparent",
      font: { color: colour("ink"), size: 12, family: "system-ui, sans-serif" },
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", bgcolor: "transparent" },
      hoverlabel: { bgcolor: colour("card"), bordercolor: colour("line"), font: { color: colour("ink") } },
    };
  };
  const draw = () => {
    for (const figure of figures) {
      const place = document.getElementById("plot-" + figure.id);
      if (place) {
        Plotly.react(place, coloured(figure.data), layout(figure.layout), {
          responsive: true, displayModeBar: false,
        });
      }
    }
  };
  draw();
  dark.addEventListener("change", draw);
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
    draw();
  });
  document.documentElement.dataset.drawn = figures.length;
})();
