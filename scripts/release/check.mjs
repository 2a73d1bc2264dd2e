// `node scripts/release/check.mjs v0.2.0 https://github.com/OWNER/NAME`: whether a tag may be published. The release workflow runs it
// first, since a version that was published cannot be changed.
import { main, Problem } from '../lib/problem.mjs';
import { mentions, readTracked, workspaceVersion } from './versions.mjs';

/**
 * What is wrong with a release, one sentence each.
 * @param {string} tag
 * @param {string} repository its address, which npm's provenance compares with that of the workflow
 * @param {(file: string) => string} [read]
 * @returns {string[]}
 */
export function releaseErrors(tag, repository, read = readTracked) {
  const version = workspaceVersion(read);
  const errors = mentions(read)
    .filter((mention) => mention.version !== version)
    .map((mention) => `${mention.file}:${mention.line} has version ${mention.version}, Cargo.toml ${version}`);
  if (tag !== `v${version}`) errors.push(`The tag is ${tag}, and Cargo.toml has version ${version}`);
  const heading = read('CHANGELOG.md')
    .split('\n')
    .find((line) => line.startsWith('## '));
  if (!new RegExp(`^## ${version.replaceAll('.', '\\.')} \\(\\d{4}-\\d\\d-\\d\\d\\)$`).test(heading ?? '')) {
    errors.push(`CHANGELOG.md does not start with '## ${version} (YYYY-MM-DD)'`);
  }
  const { repository: ofPackage } = JSON.parse(read('pkg/package.json'));
  if (ofPackage?.url !== `git+${repository}.git`) {
    errors.push(`pkg/package.json has no repository.url 'git+${repository}.git', which npm's provenance requires`);
  }
  if (!read('Cargo.toml').includes(`\nrepository = "${repository}"\n`)) {
    errors.push(`Cargo.toml has no line 'repository = "${repository}"'`);
  }
  return errors;
}

async function check() {
  const [tag = '', repository = ''] = process.argv.slice(2);
  const errors = releaseErrors(tag, repository);
  if (errors.length > 0) throw new Problem(errors.join('\n'));
}

await main(check, import.meta.url);
