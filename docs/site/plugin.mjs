// What TypeDoc's options cannot say: pages are named by their heading and sorted into groups, and every page links to the crate.
import { Converter, JSX, StructureRouter } from 'typedoc';

/** The first page of the crate, which rustdoc makes in the folder of the site. */
const CRATE = 'rust/livekit_edge/index.html';
/** The group of a page, by its file. */
const GROUPS = [
  { files: /\/docs\/[^/]+$/, group: 'Guides' },
  { files: /\/examples\//, group: 'Examples' },
  { files: /./, group: 'Project' },
];

const HEADING = /^\s*# (.+)/;

/** Pages of documents have short addresses. */
class Router extends StructureRouter {
  /** @override @param {import('typedoc').RouterTarget} target */
  getIdealBaseName(target) {
    const { isDocument } = /** @type {import('typedoc').Reflection} */ (target);
    return isDocument?.call(target) ? slug(target.name) : super.getIdealBaseName(target);
  }
}

/** @param {string} title */
const slug = (title) => title.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.renderer.defineRouter('pages', Router);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const file = app.files.getReflectionPath(document) ?? '';
    const [, title] = HEADING.exec(document.content[0]?.text ?? '') ?? [];
    if (title === undefined) return app.logger.error(`${file} does not start with a heading`);
    document.name = title;
    document.frontmatter['group'] = GROUPS.find(({ files }) => files.test(file))?.group;
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    // The first page has the name of the project as its heading.
    const [first] = project.readme ?? [];
    if (first) first.text = first.text.replace(HEADING, '');
  });
  app.renderer.hooks.on('sidebar.begin', (context) =>
    JSX.createElement(
      'p',
      { class: 'crate' },
      JSX.createElement('a', { href: context.relativeURL(CRATE) }, 'Rust: the crate livekit-edge'),
    ),
  );
}
