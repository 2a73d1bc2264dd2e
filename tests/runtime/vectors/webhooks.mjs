/** WebhookReceiver: bodies and headers, signed by hand. */
import { digest, KEY, NOW, SECRET, sign } from './jws.mjs';

const EVENT = { event: 'room_started', room: { sid: 'RM_1', name: 'lobby' }, id: 'EV_1', createdAt: '1760000000' };
const BODY = JSON.stringify(EVENT);
const CLAIMS = { iss: KEY, nbf: NOW, exp: NOW + 300 };

const header = (body, claims = {}, options = {}) => sign({ ...CLAIMS, sha256: digest(body), ...claims }, options);
const HEADER = header(BODY);
/** A body whose digest has two spellings in base64url. */
const SLASHED = bodyWhere((body) => /[+/]/.test(digest(body)));

function bodyWhere(condition) {
  for (let number = 0; ; number++) {
    const body = JSON.stringify({ event: 'room_started', id: `EV_${number}` });
    if (condition(body)) return body;
  }
}

const of = (name, event, body = JSON.stringify(event), more = {}) => ({
  name,
  body,
  header: header(body),
  event,
  ...more,
});

const PARTICIPANT = {
  event: 'participant_joined',
  room: { sid: 'RM_1', name: 'Zo\u00eb\u{1f980}', creationTime: '1760000000', metadata: '\u2028"\\' },
  participant: {
    sid: 'PA_1',
    identity: 'alice',
    state: 'ACTIVE',
    kind: 'AGENT',
    attributes: { '\u0645': '\u0000' },
    permission: { canPublish: true },
  },
  id: 'EV_2',
  createdAt: '9007199254740993',
};

export const accepted = [
  of('an event', EVENT),
  of('an event with text beyond ASCII and numbers beyond 53 bits', PARTICIPANT),
  of('white space in the body', EVENT, JSON.stringify(EVENT, null, 2)),
  of(
    'names in snake_case, a number as number, a field of tomorrow',
    EVENT,
    '{"event":"room_started","room":{"sid":"RM_1","name":"lobby","new":1},"id":"EV_1","created_at":1760000000}',
  ),
  of('an event of tomorrow', { event: 'room_painted', id: 'EV_3' }),
  of('why a room ended', { event: 'room_finished', roomEndReason: 'ROOM_END_IDLE_TIMEOUT' }),
  of('an event that says nothing', {}),
  of('with Bearer', EVENT, BODY, { header: `Bearer ${HEADER}` }),
  of('with bearer', EVENT, BODY, { header: `bearer ${HEADER}` }),
  of('a token that expired within the tolerance', EVENT, BODY, { header: header(BODY, { exp: NOW - 9 }) }),
  of('a token that expired within a set tolerance', EVENT, BODY, {
    header: header(BODY, { exp: NOW - 59 }),
    tolerance: '1m',
  }),
  of('no token, and none asked for', EVENT, BODY, { header: { $value: 'undefined' }, skipAuth: true }),
  of('a wrong token, and none asked for', EVENT, BODY, { header: 'x', skipAuth: true }),
];

const refusal = (reason) => ({ code: 'invalid_token', status: 401, ...(reason ? { reason } : {}) });
const NOT_AN_EVENT = { code: 'invalid_webhook', status: 400 };
const bad = (reason, cases) =>
  cases.map(([name, more]) => ({ name, body: BODY, header: HEADER, ...more, refusal: refusal(reason) }));
const signed = (name, body, more) => ({ name, body, header: header(body), ...more, refusal: NOT_AN_EVENT });

const LATIN1 = Buffer.from('{"id":"\u00ff"}', 'latin1');
const NO_BODY = [{ $value: 'undefined' }, null, 42, EVENT, [1, 2], { $value: 'ArrayBuffer' }];
const shown = (given) => JSON.stringify(given).replaceAll('"', '').slice(0, 24);

export const refused = [
  ...bad('digest', [
    ['another body', { body: BODY.replace('lobby', 'attic') }],
    ['a line feed more', { body: `${BODY}\n` }],
    ['an empty body', { body: '' }],
    ['no sha256', { header: sign(CLAIMS) }],
    ['sha256 null', { header: header(BODY, { sha256: null }) }],
    ['sha256 in hexadecimal', { header: header(BODY, { sha256: digest(BODY, 'hex') }) }],
    [
      'sha256 in base64url',
      { body: SLASHED, header: header(SLASHED, { sha256: digest(SLASHED).replaceAll('+', '-').replaceAll('/', '_') }) },
    ],
    ['sha256 without padding', { header: header(BODY, { sha256: digest(BODY).replace('=', '') }) }],
    ['sha256 with a line feed', { header: header(BODY, { sha256: `${digest(BODY)}\n` }) }],
    ['half of sha256', { header: header(BODY, { sha256: digest(BODY).slice(0, 24) }) }],
  ]),
  ...bad(undefined, [
    ['an empty header', { header: '' }],
    ['no header', { header: { $value: 'undefined' } }],
    ['sha256 a number', { header: header(BODY, { sha256: 1 }) }],
    ['skipAuth that is not true', { header: 'x', skipAuth: 1 }],
  ]),
  ...bad('malformed', [
    ['another scheme', { header: `Basic ${HEADER}` }],
    ['two spaces', { header: `Bearer  ${HEADER}` }],
    ['a space after the token', { header: `${HEADER} ` }],
    ['Bearer alone', { header: 'Bearer ' }],
    ['a header that is a list', { header: [HEADER] }],
    ['a header that is a number', { header: 42 }],
  ]),
  ...bad('signature', [['another secret', { header: header(BODY, {}, { secret: `${SECRET}x` }) }]]),
  ...bad('issuer', [['another issuer', { header: header(BODY, { iss: 'other' }) }]]),
  ...bad('expired', [['a token that expired', { header: header(BODY, { exp: NOW - 10 }) }]]),
  ...bad('not_yet_valid', [['a token of the future', { header: header(BODY, { nbf: NOW + 11 }) }]]),
  signed('no JSON', 'event=room_started'),
  signed('a list', '[]'),
  signed('null', 'null'),
  signed('a text', '"room_started"'),
  signed('a room that is a list', '{"room":[]}'),
  signed('a name that is a number', '{"room":{"name":1}}'),
  signed('a time that is no number', '{"createdAt":"soon"}'),
  { ...signed('text that is not UTF-8', LATIN1), body: { $bytes: LATIN1.toString('hex') } },
  signed('a byte order mark', `\ufeff${BODY}`),
  ...NO_BODY.flatMap((body) => [
    { name: `a body that is no body: ${shown(body)}`, body, header: HEADER, refusal: NOT_AN_EVENT },
    { name: `a body that is no body, unchecked: ${shown(body)}`, body, skipAuth: true, refusal: NOT_AN_EVENT },
  ]),
];
