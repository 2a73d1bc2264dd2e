//! Convert, call, convert back.

use crate::arguments::Codes;
use livekit_edge::{
    Caller, Facts, LAST_DATE, LivekitError, LivekitService, TokenFault, UserTokenRules,
    authenticate::authenticate as authenticate_token,
    json::{Fields, Object, ObjectWriter, Value, WrongType, write_text},
    rbac, whole_seconds,
};

/// What an operation on JSON makes of its arguments: JSON, a refusal, or arguments of another shape than it takes.
pub(crate) type JsonResult = Result<Result<String, LivekitError>, WrongType>;

/// Writes a JSON object.
pub(crate) fn object(write: impl FnOnce(&mut ObjectWriter<'_>)) -> String {
    let mut out = String::new();
    let mut object = ObjectWriter::new(&mut out);
    write(&mut object);
    object.end();
    out
}

pub(crate) fn text_or_null(text: Option<&str>, out: &mut String) {
    match text {
        Some(text) => write_text(text, out),
        None => out.push_str("null"),
    }
}

/// More than `LIVEKIT_MAX_TTL` can allow.
const TOO_MANY_SECONDS: u64 = 1 << 32;

/// The four fields of a request, so that `RawCreateToken::from_object` makes the same request of them.
pub(crate) fn write_fields(body: &Object, out: &mut String) {
    let mut fields = ObjectWriter::new(out);
    for name in ["roomId", "identity", "name", "ttl"] {
        match body.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::Text(text)) => fields.text(name, text),
            // Its whole part is all that counts, and unlike its spelling survives the host's floating-point numbers.
            Some(Value::Number(number)) => match number.whole_part() {
                whole if whole < 0.0 => fields.member(name, |out| out.push_str("-1")),
                whole => fields.number(name, whole_seconds(whole).unwrap_or(TOO_MANY_SECONDS)),
            },
            Some(Value::Bool(_) | Value::List(_) | Value::Object(_)) => fields.flag(name, false),
        }
    }
    fields.end();
}

pub(crate) fn authenticate(token: &[u8], rules: &UserTokenRules, now: f64) -> Result<Vec<u8>, LivekitError> {
    let malformed = LivekitError::Unauthorized(TokenFault::Malformed);
    let token = core::str::from_utf8(token).map_err(|_| malformed)?;
    authenticate_token(token, rules, seconds(now)?).map(|caller| caller_json(&caller).into_bytes())
}

pub(crate) fn caller_json(caller: &Caller) -> String {
    object(|out| {
        out.text("userId", &caller.user_id);
        out.text_if_any("tokenId", caller.token_id.as_deref().unwrap_or_default());
    })
}

pub(crate) fn admit(arguments: &Fields<'_>) -> JsonResult {
    let (caller, facts) = (caller(arguments)?, facts(arguments)?);
    Ok(rbac::admit(&caller, &facts).map(|_| "null".into()))
}

pub(crate) fn caller(arguments: &Fields<'_>) -> Result<Caller, WrongType> {
    let caller = Fields::of(arguments.value("caller").ok_or(WrongType)?)?;
    Ok(Caller {
        user_id: caller.text("userId")?.ok_or(WrongType)?.into(),
        token_id: caller.text("tokenId")?.map(Into::into),
    })
}

pub(crate) fn facts(arguments: &Fields<'_>) -> Result<Facts, WrongType> {
    Facts::from_row(&Fields::of(arguments.value("facts").ok_or(WrongType)?)?)
}

pub(crate) fn now(arguments: &Fields<'_>) -> Result<u64, WrongType> {
    arguments.whole_number("now")?.ok_or(WrongType)
}

pub(crate) fn error_json(error: &LivekitError) -> String {
    object(|out| {
        out.text("code", error.code());
        out.number("statusCode", error.status().into());
        out.text("message", &error.to_string());
        out.texts("violations", error.violations());
        out.text_if_any("error", error.label().unwrap_or_default());
        out.text_if_any("reason", error.reason().unwrap_or_default());
    })
}

pub(crate) fn generate_token(
    service: &LivekitService,
    codes: Codes,
    now: f64,
    input: &[u8],
    output: &mut Vec<u8>,
) -> Result<(), LivekitError> {
    let now = seconds(now)?;
    output.extend_from_slice(&[0; 8]);
    let plain = codes.plain(input).map(|(request, jti)| service.append_token(request, now, jti, output));
    let (expires_at, jti) = match plain {
        Some(Ok(minted)) => (minted.expires_at, minted.jti),
        // Of a request that is refused, every broken rule is to be known.
        _ => {
            let (request, jti) = codes.raw(input)?;
            let response = service.generate_token_raw(request, now, jti)?;
            output.extend_from_slice(response.token.as_bytes());
            (response.expires_at, response.jti)
        }
    };
    output.extend_from_slice(jti.unwrap_or_default().as_bytes());
    if let Some(place) = output.first_chunk_mut() {
        *place = self::expires_at(expires_at)?.to_le_bytes();
    }
    Ok(())
}

fn seconds(now: f64) -> Result<u64, LivekitError> {
    whole_seconds(now).ok_or(LivekitError::TokenGeneration)
}

/// As JavaScript's `Date` can hold it.
pub(crate) fn expires_at(seconds: u64) -> Result<f64, LivekitError> {
    #[allow(clippy::cast_precision_loss, reason = "exact: the bound is below 2^53")]
    if seconds <= LAST_DATE { Ok(seconds as f64) } else { Err(LivekitError::TokenGeneration) }
}
