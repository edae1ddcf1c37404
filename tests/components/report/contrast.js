// Texts of the page whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.1, 1.4.3).
(() => {
  const channels = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const wrong = new Set();
  for (const one of document.querySelectorAll("h1,h2,h3,h4,p,li,dt,dd,th,td,a,code,small,span,b,summary,figcaption,caption")) {
    // A matrix' cells are mixed colours, which are told in another form; the mark has its word beside it.
    if (!one.textContent.trim() || one.closest(".plot, .skip, svg, .mark, td.right, td.wrong")) continue;
    const front = light(channels(getComputedStyle(one).color)), back = light(behind(one));
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) wrong.add(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
  }
  return [...wrong];
})()
