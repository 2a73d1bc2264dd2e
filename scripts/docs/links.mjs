// Finds links between pages of a site that lead to no file, or to no element of a page.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LINK = /<(?:a|img|script|link|source|iframe)\b[^>]*?\s(?:href|src|srcset)=(?:"([^"]*)"|'([^']*)'|([^\s>]+))/g;
const ID = /\sid=(?:"([^"]*)"|'([^']*)'|([^\s>]+))/g;
/** Pages of rustdoc with source text: their fragments are ranges of lines, which a script selects. */
const SOURCE_TEXT = /[/\\]rust[/\\]src[/\\]/;

/**
 * @param {string} site its folder
 * @returns {string[]} one line each: page and link
 */
export function brokenLinks(site) {
  const pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
  /** @type {Map<string, Set<string>>} */
  const ids = new Map();
  const idsOf = (/** @type {string} */ file) => {
    const known = ids.get(file) ?? new Set(values(readFileSync(file, 'utf8'), ID));
    ids.set(file, known);
    return known;
  };
  return pages.flatMap((page) => {
    const path = join(site, page);
    const links = new Set(values(readFileSync(path, 'utf8'), LINK));
    return [...links].filter((link) => !leadsSomewhere(link, path, site, idsOf)).map((link) => `${page}: ${link}`);
  });
}

/**
 * @param {string} link
 * @param {string} page
 * @param {string} site
 * @param {(file: string) => Set<string>} idsOf
 */
function leadsSomewhere(link, page, site, idsOf) {
  const target = new URL(link, pathToFileURL(page));
  // Only pages of the site: other sites are not asked. `javascript:` is a button of rustdoc.
  if (target.protocol !== 'file:') return /^(https?|mailto|data|javascript):$/.test(target.protocol);
  const fragment = target.hash.slice(1);
  target.hash = '';
  target.search = '';
  let file = fileURLToPath(target);
  if (relative(site, file).startsWith('..') || !existsSync(file)) return false;
  if (statSync(file).isDirectory()) file = join(file, 'index.html');
  if (!existsSync(file)) return false;
  if (fragment === '' || SOURCE_TEXT.test(file) || !file.endsWith('.html')) return true;
  // As browsers do: the fragment as it is, then decoded.
  return idsOf(file).has(fragment) || idsOf(file).has(decodeURIComponent(fragment));
}

/**
 * @param {string} html
 * @param {RegExp} attribute
 */
function values(html, attribute) {
  return [...html.matchAll(attribute)].map(([, double, single, bare]) =>
    (double ?? single ?? bare ?? '').replaceAll('&amp;', '&').replaceAll('&#39;', "'"),
  );
}
