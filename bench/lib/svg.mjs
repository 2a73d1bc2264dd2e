// Bar charts below each other, as an SVG for light and dark pages.

const WIDTH = 920;
const NAMES = 390;
const LABELS = 80;
const LINE = 22;
const TITLE = 34;
const BAR = 14;
const OURS = '#0a7d5a';
const THEIRS = '#8a94a6';
const TEXT = '#6b7280';

/**
 * @param {import('./section.mjs').Chart[]} charts
 * @returns {string}
 */
export function svg(charts) {
  let y = 10;
  const parts = charts.map(({ title, bars }) => {
    const longest = Math.max(...bars.map(({ value }) => value));
    const heading = `<text x="10" y="${y + 18}" font-weight="600">${escaped(title)}</text>`;
    y += TITLE;
    const lines = bars.map(({ name, value, label, isOurs }) => {
      const width = Math.max(1, (value / longest) * (WIDTH - NAMES - LABELS - 20));
      const line = [
        `<text x="${NAMES}" y="${y + BAR - 2}" text-anchor="end"${isOurs ? ' font-weight="600"' : ''}>${escaped(name)}</text>`,
        `<rect x="${NAMES + 10}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${isOurs ? OURS : THEIRS}"/>`,
        `<text x="${(NAMES + 16 + width).toFixed(1)}" y="${y + BAR - 2}">${escaped(label)}</text>`,
      ];
      y += LINE;
      return line.join('');
    });
    y += 12;
    return [heading, ...lines].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" font-family="system-ui, sans-serif" font-size="12" fill="${TEXT}">
<title>Medians of a run of npm run bench; livekit-edge in green</title>
${parts.join('\n')}
</svg>
`;
}

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
