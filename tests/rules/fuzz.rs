//! Runs the checks of the fuzz targets (`fuzz/src/checks/`) on the corpus and on ten thousand nearly valid inputs,
//! natively and in browsers, where a panic is a trap (W10, W11, W14).

#[path = "../../fuzz/src/checks/mod.rs"]
pub mod checks;

use crate::common::slow_hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use checks::{API_KEY, API_SECRET, Checks, TARGETS, line};
use serde_json::Value;
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const INPUTS: usize = 10_000;

/// Valid inputs and their targets.
#[rustfmt::skip]
const SEEDS: [(&str, &str); 30] = [
    ("webhook", r#"{"event":"egress_ended","egressId":"EG_1","roomName":"r","egressInfo":{"egressId":"EG_1","roomName":"r","status":"EGRESS_COMPLETE","endedAt":"1700000000000000000","fileResults":[{"filename":"f","location":"https://b.example/f?sig=x","size":"1"}]}}"#),
    ("webhook", r#"{"egressId":"EG_1","roomName":"r","status":"EGRESS_COMPLETE","fileResults":[{"filename":"f","location":"https://b.example/f?sig=x"}]}"#),
    ("webhook", r#"{"s3":{"bucket":"b","accessKey":"a","secret":"s","forcePathStyle":true,"proxy":{"url":"p"}}}"#),
    ("webhook", r#"[{"sid":"PA_1","identity":"u","state":"ACTIVE","joined_at":"1700000000","kind":"STANDARD"}]"#),
    ("claims", r#"{"roomJoin":true,"room":"r","canPublish":false,"canPublishSources":["camera"]}"#),
    ("jws", "eyJhbGciOiJIUzI1NiJ9.e30"),
    ("user_token", "RS256,ES256,Ed25519"),
    ("bodies", r#"{"room_name":"r","participant_identity":"u","participant_name":"n"}"#),
    ("bodies", r#"{"roomId":"channel-abc123","identity":"user-456","name":"Ann é 🎤","ttl":3600}"#),
    ("bodies", r#"{"room_name":"r","participant_identity":"i","participant_attributes":{"a":"b"},"room_config":{}}"#),
    ("bodies", r#"{"participantIdentity":"user-789","mute":true}"#),
    ("facts", r#"{"userId":"u","role":"USER","banned":0,"tokenRevoked":0,"channelId":"r","isPrivate":1,"isMember":1,"groupId":null,"kickedUntil":null,"actions":["JOIN_CHANNEL","READ_CHANNEL","MUTE_PARTICIPANT","KICK_USER","RECORD_CHANNEL"],"banActive":null,"banEnds":null,"timeoutEnds":null,"identityIsUser":0}"#),
    ("facts", r#"{"userId":"u","role":"USER","banned":0,"tokenRevoked":0,"sessionRevoked":0,"revokedUntil":null,"channelId":null,"isPrivate":null,"isMember":0,"groupId":"r","actions":[],"hasRole":0,"voiceByRole":0,"overwrites":[],"banActive":null,"banEnds":null,"timeoutEnds":null,"identityIsUser":0}"#),
    ("facts", r#"{"userId":"u","role":"USER","banned":0,"tokenRevoked":0,"channelId":"r","isPrivate":0,"isMember":0,"groupId":null,"actions":["READ_CHANNEL"],"hasRole":1,"overwrites":[{"targetType":"ROLE","allow":["JOIN_CHANNEL"],"deny":["SPEAK"]}],"banActive":null,"banEnds":null,"timeoutEnds":null,"identityIsUser":0}"#),
    ("webhook", r#"{"event":"participant_joined","id":"EV_1","createdAt":"1700000000","room":{"name":"r","sid":"RM_1"},"participant":{"sid":"PA_1","identity":"u"}}"#),
    ("claims", r#"{"iss":"devkey","sub":"u","nbf":1,"exp":1700000060,"video":{"room":"r","roomJoin":true,"canPublishSources":["camera"]},"attributes":{"a":"b"}}"#),
    ("token", r#"0{"iss":"devkey","sub":"u","nbf":1,"exp":1700000060,"video":{"room":"r","roomJoin":true,"canPublishSources":["camera"]}}"#),
    ("webhook", r#"{"iss":"devkey","exp":1700000060,"sha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}"#),
    ("user_token", r#"{"iss":"idp","aud":["kraken"],"azp":"web","sub":"u","exp":1700000060,"jti":"t","iat":1e9}"#),
    ("names", r#"{"emptyTimeout":7,"agents":[{"agentName":"a"}],"egress":{"room":{"advanced":{"keyFrameInterval":4.5}}}}"#),
    ("jws", r#"{"alg":"HS256","typ":"JWT"}"#),
    ("settings", "LIVEKIT_API_KEY=devkey\nLIVEKIT_API_SECRET=~~~\nLIVEKIT_URL=wss://livekit.example\nJWT_SECRET=~~~"),
    ("names", "1.5 hours"),
    ("names", "1700000000.user-456"),
    ("reconciliation", r#"{"room":"RM_1","listed":[{"sid":"PA_1","identity":"u","state":"ACTIVE","joined_at":"1700000000","kind":0},{"sid":"PA_2","identity":"v","state":2,"joinedAt":1,"kind":"SIP"}],"stored":[{"roomSid":"RM_1","participantSid":"PA_1","changedAt":7},{"roomSid":"RM_0","participantSid":"PA_0","changedAt":7}]}"#),
    ("reconciliation", r#"{"room":null,"listed":[],"stored":[{"roomSid":"RM_1","participantSid":"PA_1","changedAt":1}]}"#),
    ("sync", r#"{"kind":0,"state":"ACTIVE","permission":{"can_subscribe":true,"canPublish":true,"can_publish_sources":["CAMERA",2],"hidden":false,"recorder":true},"wanted":[{"canPublishSources":["camera"],"canSubscribeMetrics":false},{"canSubscribe":false,"canPublishData":true}]}"#),
    ("sync", r#"{"permission":{"can_subscribe":true,"can_publish":true,"can_publish_data":true},"wanted":[{}]}"#),
    ("sync", r#"{"kind":"STANDARD","permission":{"hidden":true},"wanted":[{"canPublish":false},null]}"#),
    ("settings", "postgres://u:~@db.example/kraken?sslmode=require"),
];

/// Strings with a special meaning in JSON, tokens and limits.
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

    /// A seed with up to three changes, for its target or any other, or random bytes for any.
    fn input(&mut self) -> (&'static str, Vec<u8>) {
        let (any, _) = TARGETS[self.below(TARGETS.len())];
        if self.below(16) == 0 {
            return (any, (0..self.below(80)).map(|_| self.next() as u8).collect());
        }
        let (target, seed) = SEEDS[self.below(SEEDS.len())];
        let mut input = seed.as_bytes().to_vec();
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
        (if self.below(4) == 0 { any } else { target }, input)
    }

    /// Swaps 0 and 1, which changes facts.
    fn change_digit(&mut self, input: &mut [u8]) {
        let digits: Vec<_> = input.iter_mut().filter(|byte| byte.is_ascii_digit()).collect();
        let chosen = self.below(digits.len().max(1));
        if let Some(digit) = digits.into_iter().nth(chosen) {
            *digit ^= 1;
        }
    }
}

/// A literal verifier, instead of the crate that fuzzing compares with.
pub fn verify_slowly(token: &str, issuer: Option<&str>) -> Option<Value> {
    let [header, payload, tag] = <[&str; 3]>::try_from(token.split('.').collect::<Vec<_>>()).ok()?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let names_hs256 = serde_json::from_slice::<Value>(&decode(header)?).ok()?.get("alg")? == "HS256";
    let is_signed = decode(tag)? == slow_hmac(API_SECRET.as_bytes(), format!("{header}.{payload}").as_bytes());
    let claims: Value = serde_json::from_slice(&decode(payload)?).ok()?;
    let is_of_issuer = issuer.is_none_or(|issuer| claims.get("iss").and_then(Value::as_str) == Some(issuer));
    (names_hs256 && is_signed && is_of_issuer && claims.is_object()).then_some(claims)
}

#[test]
fn no_rule_panics_on_ten_thousand_inputs() {
    let (mut random, mut checks) = (Random(1), Checks::new(verify_slowly));
    let mut seen: BTreeMap<(&str, &str), [usize; 2]> = BTreeMap::new();
    for _ in 0..INPUTS {
        let (target, input) = random.input();
        let answers = checks.run(target, &input);
        assert!(!line(answers).contains('\n'), "answers are recorded, one line an input");
        for (rule, answer) in answers {
            seen.entry((target, rule)).or_default()[usize::from(*answer != "ok")] += 1;
        }
    }
    // Each rule must accept some inputs and reject others.
    let is_seen =
        |rule: &str, [accepted, rejected]: [usize; 2]| rejected >= 5 && (accepted >= 5 || rule == "raw token");
    let unseen: Vec<_> = seen.iter().filter(|((_, rule), counts)| !is_seen(rule, **counts)).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
    assert_eq!(seen.len(), 51, "{:?}", seen.keys());
}

#[test]
fn the_slow_verifier_accepts_what_was_signed_and_nothing_else() {
    let token = crate::common::jwt(r#"{"iss":"devkey"}"#, API_SECRET);
    assert!(verify_slowly(&token, Some(API_KEY)).is_some() && verify_slowly(&token, Some("other")).is_none());
    for wrong in
        [crate::common::jwt("{}", "another secret"), token.replace('.', ".."), token.replace('.', "A."), token + "A"]
    {
        assert_eq!(verify_slowly(&wrong, None), None, "{wrong}");
    }
}
