//! Ten thousand nearly valid inputs for every parser: none panics, natively and in browsers, where a panic is a trap (W10,
//! W11, W14).

use crate::common::{API_KEY, API_SECRET, NOW, config, credentials, from_settings, service};
use livekit_edge::{
    AccessToken, Bounds, Caller, ClaimError, Facts, LivekitError, LivekitService, Permission, RawAccessToken,
    RawCreateToken, RecordingChange, RecordingSettings, RoomConfiguration, RoomName, Secret, SigningKey, TokenVerifier,
    TrackSource, Ttl, UserTokenRules, WebhookVerifier, check_settings,
    config::DEFAULT_MAX_TTL,
    json::{self, Fields, Object, Value},
    jws,
    presence::PresenceChange,
    rbac::{authorize_group, authorize_join, authorize_mute, authorize_presence, authorize_token_source},
    request::{RawMuteParticipant, RawTokenSource, parse_body},
    user_token::{authenticate, authenticate_claims},
    validate_claims,
};
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const INPUTS: usize = 10_000;

/// A valid input of each parser.
#[rustfmt::skip]
const SEEDS: [&str; 14] = [
    r#"{"roomId":"channel-abc123","identity":"user-456","name":"Ann é 🎤","ttl":3600}"#,
    r#"{"room_name":"r","participant_identity":"i","participant_attributes":{"a":"b"},"room_config":{}}"#,
    r#"{"participantIdentity":"user-789","mute":true}"#,
    r#"{"userId":"u","role":"USER","banned":0,"tokenRevoked":0,"channelId":"r","isPrivate":1,"isMember":1,"groupId":null,"actions":["JOIN_CHANNEL","READ_CHANNEL","MUTE_PARTICIPANT"],"banActive":null,"banEnds":null,"timeoutEnds":null,"identityIsUser":0}"#,
    r#"{"userId":"u","role":"USER","banned":0,"tokenRevoked":0,"sessionRevoked":0,"revokedUntil":null,"channelId":null,"isPrivate":null,"isMember":0,"groupId":"r","actions":[],"hasRole":0,"voiceByRole":0,"overwrites":[],"banActive":null,"banEnds":null,"timeoutEnds":null,"identityIsUser":0}"#,
    r#"{"userId":"u","role":"USER","banned":0,"tokenRevoked":0,"channelId":"r","isPrivate":0,"isMember":0,"groupId":null,"actions":["READ_CHANNEL"],"hasRole":1,"overwrites":[{"targetType":"ROLE","allow":["JOIN_CHANNEL"],"deny":["SPEAK"]}],"banActive":null,"banEnds":null,"timeoutEnds":null,"identityIsUser":0}"#,
    r#"{"event":"participant_joined","id":"EV_1","createdAt":"1700000000","room":{"name":"r","sid":"RM_1"},"participant":{"sid":"PA_1","identity":"u"}}"#,
    r#"{"iss":"devkey","sub":"u","nbf":1,"exp":1700000060,"video":{"room":"r","roomJoin":true,"canPublishSources":["camera"]},"attributes":{"a":"b"}}"#,
    r#"{"iss":"idp","aud":["kraken"],"sub":"u","exp":1700000060,"jti":"t","iat":1e9}"#,
    r#"{"emptyTimeout":7,"agents":[{"agentName":"a"}],"egress":{"room":{"advanced":{"keyFrameInterval":4.5}}}}"#,
    r#"{"event":"egress_ended","egressId":"EG_1","roomName":"r","egressInfo":{"egressId":"EG_1","roomName":"r","status":"EGRESS_COMPLETE","endedAt":"1700000000000000000","fileResults":[{"filename":"f","location":"https://b.example/f?sig=x","size":"1"}]}}"#,
    r#"{"s3":{"bucket":"b","accessKey":"a","secret":"s","forcePathStyle":true,"proxy":{"url":"p"}}}"#,
    "1.5 hours",
    "wss://livekit.example",
];

/// Pieces that are special in JSON, tokens and limits.
#[rustfmt::skip]
const PIECES: [&str; 32] = [
    "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0000", "\\ud800", "\u{202e}", "\u{feff}", "\0", "\n", "é", "🦀", ".", "-",
    "0", "9", "1e400", "-0.5", "18446744073709551616", "null", "true", "{}", "[]", "\"a\":1,", "\"exp\":1,", "aaaaaaaaaaaaaaaa", "==", " ",
];

/// splitmix64 (Vigna, `splitmix64.c`): the same inputs in every run and on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is small.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A seed with up to three changes, or random bytes.
    fn input(&mut self) -> Vec<u8> {
        if self.below(16) == 0 {
            return (0..self.below(80)).map(|_| self.next() as u8).collect();
        }
        let mut input = SEEDS[self.below(SEEDS.len())].as_bytes().to_vec();
        for _ in 0..self.below(4) {
            let at = self.below(input.len() + 1);
            let end = (at + self.below(6)).min(input.len());
            match self.below(5) {
                0 => drop(input.drain(at..end)),
                1 => input.truncate(at),
                2 => input.insert(at, self.next() as u8),
                3 => self.change_digit(&mut input),
                _ => drop(input.splice(at..end, PIECES[self.below(PIECES.len())].bytes())),
            }
        }
        input
    }

    /// 0 → 1 and 1 → 0 change facts.
    fn change_digit(&mut self, input: &mut [u8]) {
        let digits: Vec<_> = input.iter_mut().filter(|byte| byte.is_ascii_digit()).collect();
        let chosen = self.below(digits.len().max(1));
        if let Some(digit) = digits.into_iter().nth(chosen) {
            *digit ^= 1;
        }
    }
}

/// How many inputs each rule accepted and rejected.
#[derive(Default)]
struct Seen(BTreeMap<&'static str, [usize; 2]>);

impl Seen {
    /// Every error has a code and a message.
    fn result<T>(&mut self, rule: &'static str, result: Result<T, LivekitError>) -> Option<T> {
        if let Err(error) = &result {
            assert!(!error.code().is_empty() && !error.to_string().is_empty(), "{rule}: {error:?}");
        }
        self.option(rule, result.ok())
    }

    fn option<T>(&mut self, rule: &'static str, result: Option<T>) -> Option<T> {
        self.0.entry(rule).or_default()[usize::from(result.is_none())] += 1;
        result
    }
}

/// The rules that need a secret.
struct Keyed {
    service: LivekitService,
    verifier: TokenVerifier,
    webhooks: WebhookVerifier,
    users: UserTokenRules,
    key: SigningKey,
}

impl Keyed {
    fn new() -> Self {
        let key = || SigningKey::new(&Secret::new(API_SECRET).unwrap());
        let verifier = || TokenVerifier::new(API_KEY, API_SECRET).unwrap();
        let users = UserTokenRules {
            keys: vec![key()],
            jwks_url: Some("https://idp.example/jwks".into()),
            issuer: Some("idp".into()),
            ..UserTokenRules::default()
        };
        Self { service: service(), verifier: verifier(), webhooks: WebhookVerifier::new(verifier()), users, key: key() }
    }
}

fn read_bodies(input: &[u8], keyed: &Keyed, seen: &mut Seen) {
    seen.option("json", json::parse(input).ok());
    seen.result("presence", PresenceChange::from_body(input, NOW));
    read_recordings(input, seen);
    let Some(body) = seen.result("body", parse_body(input)) else { return };
    sign_with_grant(&body, keyed, seen);
    seen.result("mute", RawMuteParticipant::from_object(&body).validate());
    seen.result("join", RawCreateToken::from_object(&body).validate(DEFAULT_MAX_TTL));
    let source = RawTokenSource::from_object(&body).and_then(|request| request.validate(&config(), "u"));
    seen.result("token source", source);
    if let Some(response) =
        seen.result("sign", keyed.service.generate_token_raw(RawCreateToken::from_object(&body), NOW, None))
    {
        let claims = keyed.verifier.verify(&response.token, NOW).unwrap();
        assert_eq!((claims.sub, claims.video.unwrap().room), (response.identity, response.room_id));
    }
    let raw = RawAccessToken { claims: body.clone(), identity: None, ttl: None, allow_sensitive_credentials: false };
    let signed = raw.to_jwt(&credentials(), NOW);
    assert_eq!(validate_claims(&body).first(), signed.as_ref().err().and_then(claim_error));
    if let Some(token) = seen.result("claims", signed) {
        // The same claims as Rust types are the same token, except that attributes are sorted by name.
        let claims = keyed.verifier.verify(&token, NOW).unwrap();
        let typed = AccessToken::with_credentials(&credentials()).claims(claims.clone()).to_jwt(NOW).unwrap();
        assert_eq!(keyed.verifier.verify(&typed, NOW), Ok(claims));
    }
}

fn read_recordings(input: &[u8], seen: &mut Seen) {
    let text = String::from_utf8_lossy(input);
    let setting = |name: &str| (name == "RECORDING_STORAGE").then(|| text.clone().into_owned());
    seen.option("storage", RecordingSettings::from_settings(&setting));
    let settings = RecordingSettings::from_settings(&|name| (name == "RECORDING_FILEPATH").then(|| "f".into()));
    let settings = settings.unwrap();
    seen.result("recording event", RecordingChange::from_body(input, &settings));
    let info = seen.option("egress", RecordingChange::from_info(&text, Some(&settings)).ok().flatten());
    let Some(change) = info else { return };
    let locations = change.files.iter().filter_map(|file| file.location.as_deref());
    assert!(locations.clone().filter(|location| location.contains("://")).all(|location| !location.contains('?')));
}

fn claim_error(error: &LivekitError) -> Option<&ClaimError> {
    if let LivekitError::InvalidClaim(error) = error { Some(error) } else { None }
}

/// A client's token with any grant is for its room alone.
fn sign_with_grant(grant: &Object<'_>, keyed: &Keyed, seen: &mut Seen) {
    let fields = [("room", "r".into()), ("identity", "u".into()), ("grants", json::Value::Object(grant.clone()))];
    let permission = fields.into_iter().collect();
    let bounds = Bounds { room: "r", max_ttl: DEFAULT_MAX_TTL, server: None, allowed_grants: &[] };
    let permission = Permission::from_fields(&Fields::new(&permission), bounds);
    let Some(permission) = seen.result("permission", permission) else { return };
    let response = keyed.service.generate_permitted(permission, NOW, None).unwrap();
    let video = keyed.verifier.verify(&response.token, NOW).unwrap().video.unwrap();
    assert_eq!((video.room.as_str(), video.room_join, video.room_create), ("r", true, false));
}

fn decide(input: &[u8], seen: &mut Seen) {
    let Some(facts) = seen.result("facts", Facts::from_json(input)) else { return };
    let caller = Caller { user_id: "u".into(), token_id: None, ..Caller::default() };
    let body = |text: &'static str| parse_body(text.as_bytes()).unwrap();
    let join = || RawCreateToken::from_object(&body(r#"{"roomId":"r"}"#));
    let source = RawTokenSource::from_object(&body(r#"{"room_name":"r"}"#)).unwrap();
    let mute = RawMuteParticipant::from_object(&body(SEEDS[2]));
    seen.result("authorize join", authorize_join(&caller, join(), &facts, &config(), NOW));
    seen.result("authorize group", authorize_group(&caller, join(), &facts, &config()));
    seen.result("authorize source", authorize_token_source(&caller, source, &facts, &config(), NOW));
    seen.result("authorize presence", authorize_presence(&caller, "r", None, &facts, &config(), NOW));
    let after = std::str::from_utf8(input).ok();
    seen.result("authorize presence", authorize_presence(&caller, "r", after, &facts, &config(), NOW));
    seen.result("authorize mute", authorize_mute(&caller, "r", mute, &facts, NOW));
}

fn read_texts(text: &str, keyed: &Keyed, seen: &mut Seen) {
    seen.result("ttl", Ttl::parse(text));
    seen.option("room config", RoomConfiguration::from_json(text).ok());
    seen.result("user claims", authenticate_claims(text, &keyed.users, NOW));
    seen.option("id", RoomName::new(text).ok());
    let errors = check_settings(&|_| Some(text.into()), [text]);
    let invalid = errors.iter().filter(|error| error.code() == "invalid").count();
    seen.option("setting", (invalid < 11).then_some(()));
    let _ = (TrackSource::from_name(text), from_settings(&[("LIVEKIT_URL", text)]));
    let _ = UserTokenRules::from_settings(&|_| Some(text.into()));
    let _ = Ttl::from_json(&Value::from(text));
}

/// The input as the payload of a signed token, the same with one character changed, and the input as a token.
fn read_tokens(input: &[u8], text: &str, keyed: &Keyed, random: &mut Random, seen: &mut Seen) {
    let signed = jws::sign(input, &keyed.key);
    seen.result("token", keyed.verifier.verify(&signed, NOW));
    seen.result("user token", authenticate(&signed, &keyed.users, NOW));
    assert!(keyed.webhooks.verify(input, &signed, NOW).is_err(), "its digest is not in it");
    let at = random.below(signed.len());
    let changed = format!("{}!{}", &signed[..at], &signed[at + 1..]);
    for wrong in [&changed, text] {
        assert!(jws::verify(wrong, &keyed.key).is_err() && keyed.verifier.verify(wrong, NOW).is_err());
        assert!(authenticate(wrong, &keyed.users, NOW).is_err() && keyed.webhooks.verify(input, wrong, NOW).is_err());
    }
}

#[test]
fn no_rule_panics_on_ten_thousand_inputs() {
    let (mut random, keyed, mut seen) = (Random(1), Keyed::new(), Seen::default());
    for _ in 0..INPUTS {
        let input = random.input();
        let text = String::from_utf8_lossy(&input);
        read_bodies(&input, &keyed, &mut seen);
        decide(&input, &mut seen);
        read_texts(&text, &keyed, &mut seen);
        read_tokens(&input, &text, &keyed, &mut random, &mut seen);
    }
    // Inputs that a rule always rejects, or never, would prove little.
    for (rule, [accepted, rejected]) in &seen.0 {
        assert!(*accepted >= 5 && *rejected >= 5, "{rule}: {accepted} accepted, {rejected} rejected");
    }
    assert_eq!(seen.0.len(), 25);
}
