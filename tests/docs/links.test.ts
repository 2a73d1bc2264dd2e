// A link of the site leads to an existing page, and to an element of that page.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { brokenLinks } from '../../scripts/docs/links.mjs';

const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-links-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'guide'));
writeFileSync(join(folder, 'picture.png'), '');
writeFileSync(join(folder, 'guide', 'index.html'), '<h1 id=top>Guide</h1><h2 id="a%3Cb%3E"></h2><h2 id=\'é\'></h2>');

/** True if a link of a page is broken. */
function isBroken(html: string): boolean {
  writeFileSync(join(folder, 'page.html'), `<p id="here">${html}</p>`);
  return brokenLinks(folder).length > 0;
}

for (const html of [
  '<a href="#here">',
  '<a href="">',
  '<a href="guide/">',
  '<a href=guide/index.html#top>',
  "<a class=x href='guide/index.html#a%3Cb%3E'>",
  '<a href="guide/index.html#%C3%A9">',
  '<img alt="" src="picture.png">',
  '<a href="https://example.com/#nowhere">',
  '<a href="mailto:security@example.com">',
]) {
  test(`${html} is not broken`, () => assert.ok(!isBroken(html)));
}

for (const html of [
  '<a href="#there">',
  '<a href="missing.html">',
  '<a href="guide/index.html#middle">',
  '<a href=missing>',
  "<a href='guide/missing'>",
  '<img src="missing.png" alt="">',
  '<source srcset="missing.png">',
  '<link rel="stylesheet" href="missing.css">',
  '<script src="missing.js"></script>',
  '<a href="../outside.html">',
  '<a href="/etc/hostname">',
  '<a href="ftp://example.com/">',
]) {
  test(`${html} is broken`, () => assert.ok(isBroken(html)));
}
