//! Convert, call, convert back.

use livekit_edge::{
    AccessToken, Caller, Facts, LivekitConfig, LivekitError, LivekitService, RawCreateToken, Secret, TokenVerifier,
    Ttl, UserTokenRules, WebhookVerifier,
    authenticate::authenticate as authenticate_token,
    json::{Fields, Object, ObjectWriter, Value, WrongType, write_text},
    rbac, service,
    token::time_span,
    whole_seconds,
};

/// What an operation on JSON makes of its arguments: JSON, a refusal, or arguments of another shape than it takes.
pub(crate) type JsonResult = Result<Result<String, LivekitError>, WrongType>;

fn object(write: impl FnOnce(&mut ObjectWriter<'_>)) -> String {
    let mut out = String::new();
    let mut object = ObjectWriter::new(&mut out);
    write(&mut object);
    object.end();
    out
}

fn text_or_null(text: Option<&str>, out: &mut String) {
    match text {
        Some(text) => write_text(text, out),
        None => out.push_str("null"),
    }
}

pub(crate) fn read_create_token(body: &[u8]) -> Result<String, LivekitError> {
    let body = service::read_body(body)?;
    let request = RawCreateToken::from_object(&body);
    let (channel_id, identity) = request.lookup();
    Ok(object(|out| {
        out.member("fields", |out| write_fields(&body, out));
        out.member("channelId", |out| text_or_null(channel_id, out));
        out.member("identity", |out| text_or_null(identity, out));
    }))
}

/// The four fields of a request, so that `RawCreateToken::from_object` makes the same request of them.
fn write_fields(body: &Object, out: &mut String) {
    let mut fields = ObjectWriter::new(out);
    for name in ["roomId", "identity", "name", "ttl"] {
        match body.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::Text(text)) => fields.text(name, text),
            Some(Value::Number(number)) => fields.member(name, |out| out.push_str(number.as_str())),
            Some(Value::Bool(_) | Value::List(_) | Value::Object(_)) => fields.flag(name, false),
        }
    }
    fields.end();
}

pub(crate) fn authenticate(arguments: &Fields<'_>) -> JsonResult {
    let setting = |name| Ok(arguments.text(name)?.filter(|text| !text.is_empty()).map(String::from));
    let rules = UserTokenRules {
        secret: setting("secret")?.and_then(Secret::new),
        issuer: setting("issuer")?,
        audience: setting("audience")?,
    };
    let token = arguments.text("token")?.ok_or(WrongType)?;
    Ok(authenticate_token(token, &rules, now(arguments)?).map(|caller| caller_json(&caller)))
}

fn caller_json(caller: &Caller) -> String {
    object(|out| {
        out.text("userId", &caller.user_id);
        out.text_if_any("tokenId", caller.token_id.as_deref().unwrap_or_default());
    })
}

pub(crate) fn admit(arguments: &Fields<'_>) -> JsonResult {
    let (caller, facts) = (caller(arguments)?, facts(arguments)?);
    Ok(rbac::admit(&caller, &facts).map(|_| "null".into()))
}

pub(crate) fn authorize_join(arguments: &Fields<'_>, config: &LivekitConfig) -> JsonResult {
    let (caller, facts, now) = (caller(arguments)?, facts(arguments)?, now(arguments)?);
    let Some(Value::Object(request)) = arguments.value("request") else { return Err(WrongType) };
    let request = RawCreateToken::from_object(request);
    Ok(rbac::authorize_join(&caller, request, &facts, config, now).map(|request| {
        object(|out| {
            out.text("roomId", &request.room_id);
            out.text("identity", &request.identity);
            if let Some(name) = &request.name {
                out.text("name", name);
            }
            if let Some(ttl) = request.ttl {
                out.number("ttl", ttl);
            }
        })
    }))
}

fn caller(arguments: &Fields<'_>) -> Result<Caller, WrongType> {
    let caller = Fields::of(arguments.value("caller").ok_or(WrongType)?)?;
    Ok(Caller {
        user_id: caller.text("userId")?.ok_or(WrongType)?.into(),
        token_id: caller.text("tokenId")?.map(Into::into),
    })
}

fn facts(arguments: &Fields<'_>) -> Result<Facts, WrongType> {
    Facts::from_row(&Fields::of(arguments.value("facts").ok_or(WrongType)?)?)
}

fn now(arguments: &Fields<'_>) -> Result<u64, WrongType> {
    arguments.whole_number("now")?.ok_or(WrongType)
}

pub(crate) fn create_service(settings: &Fields<'_>) -> LivekitService {
    LivekitService::new(LivekitConfig::from_settings(|name| settings.text(name).ok().flatten().map(Into::into)))
}

pub(crate) fn describe(number: usize, service: &LivekitService) -> String {
    let config = service.config();
    object(|out| {
        out.number("service", u64::try_from(number).unwrap_or_default());
        out.texts("missing", config.missing());
        out.text_if_any("url", service.connection_url().unwrap_or_default());
        out.flag("jti", config.jti);
        out.flag("shortSecret", config.api_secret.as_ref().is_some_and(Secret::is_short));
    })
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

pub(crate) fn sign_access_token(arguments: &Fields<'_>) -> JsonResult {
    let (api_key, api_secret) = credentials(arguments)?;
    let Some(Value::Object(claims)) = arguments.value("claims") else { return Err(WrongType) };
    let now = now(arguments)?;
    let sign = || {
        let mut token = AccessToken::new(api_key, api_secret)?.claims_from_json(claims)?;
        if let Some(identity) = arguments.value("identity") {
            token = token.identity_from_json(identity)?;
        }
        if let Some(ttl) = arguments.value("ttl") {
            token = token.ttl(match ttl {
                Value::Number(seconds) => Ttl::from_seconds(seconds.whole_part())?,
                Value::Text(span) => Ttl::from_text(span)?,
                _ => return Err(LivekitError::InvalidTtl),
            });
        }
        if arguments.value("allowSensitiveCredentials") == Some(&Value::Bool(true)) {
            token = token.allow_sensitive_credentials();
        }
        token.to_jwt(now)
    };
    Ok(sign())
}

pub(crate) fn verify_access_token(arguments: &Fields<'_>) -> JsonResult {
    let (token, now) = (arguments.text("token")?.ok_or(WrongType)?, now(arguments)?);
    let payload = verifier(arguments)?.and_then(|verifier| verifier.verify_payload(token, now));
    Ok(payload.map(|(payload, _)| String::from_utf8_lossy(payload.as_bytes()).into_owned()))
}

pub(crate) fn verify_webhook(arguments: &Fields<'_>, body: &[u8]) -> JsonResult {
    let (token, now) = (arguments.text("token")?.ok_or(WrongType)?, now(arguments)?);
    let checked = verifier(arguments)?.and_then(|verifier| WebhookVerifier::new(verifier).verify(body, token, now));
    Ok(checked.map(|()| "null".into()))
}

fn verifier(arguments: &Fields<'_>) -> Result<Result<TokenVerifier, LivekitError>, WrongType> {
    let (api_key, api_secret) = credentials(arguments)?;
    let tolerance = match arguments.value("clockTolerance") {
        None => Some(0),
        Some(Value::Number(seconds)) => whole_seconds(seconds.whole_part()),
        Some(Value::Text(span)) => time_span(span),
        Some(_) => None,
    };
    let Some(tolerance) = tolerance else { return Ok(Err(LivekitError::InvalidClockTolerance)) };
    let refuse_future_iat = arguments.flag("refuseFutureIat")?.unwrap_or(false);
    Ok(TokenVerifier::new(api_key, api_secret).map(|verifier| {
        let verifier = verifier.clock_tolerance(tolerance);
        if refuse_future_iat { verifier.refuse_future_iat() } else { verifier }
    }))
}

fn credentials<'v>(arguments: &Fields<'v>) -> Result<(&'v str, &'v str), WrongType> {
    Ok((arguments.text("apiKey")?.ok_or(WrongType)?, arguments.text("apiSecret")?.ok_or(WrongType)?))
}

/// A field of the request: how many bytes of text it is, or what it is instead.
pub(crate) enum Field {
    Text(usize),
    Other(service::Field),
}

impl Field {
    pub(crate) fn from_code(code: i32) -> Self {
        match code {
            -1 => Self::Other(service::Field::Absent),
            -2 => Self::Other(service::Field::IllFormedText),
            -3 => Self::Other(service::Field::Number(0.0)),
            _ => usize::try_from(code).map_or(Self::Other(service::Field::Other), Self::Text),
        }
    }

    pub(crate) fn or_number(self, number: f64) -> Self {
        match self {
            Self::Other(service::Field::Number(_)) => Self::Other(service::Field::Number(number)),
            other => other,
        }
    }

    fn read(self, input: &mut &[u8]) -> Result<service::Field, LivekitError> {
        match self {
            Self::Other(field) => Ok(field),
            Self::Text(length) => {
                let (text, rest) = input.split_at_checked(length).ok_or(LivekitError::TokenGeneration)?;
                *input = rest;
                let text = core::str::from_utf8(text).map_err(|_| LivekitError::TokenGeneration)?;
                Ok(service::Field::Text(text.into()))
            }
        }
    }
}

pub(crate) struct GenerateArguments {
    pub(crate) room: Field,
    pub(crate) identity: Field,
    pub(crate) name: Field,
    pub(crate) ttl: Field,
    pub(crate) random: bool,
    pub(crate) now: f64,
}

pub(crate) fn generate_token(
    service: &LivekitService,
    arguments: GenerateArguments,
    mut input: &[u8],
) -> Result<Vec<u8>, LivekitError> {
    let request = RawCreateToken {
        room_id: arguments.room.read(&mut input)?,
        identity: arguments.identity.read(&mut input)?,
        name: arguments.name.read(&mut input)?,
        ttl: arguments.ttl.read(&mut input)?,
    };
    let jti = match arguments.random {
        true => Some(*input.first_chunk().ok_or(LivekitError::TokenGeneration)?),
        false => None,
    };
    let response = service.generate_token_raw(request, seconds(arguments.now)?, jti)?;

    let mut output = expires_at(response.expires_at)?.to_le_bytes().to_vec();
    output.extend_from_slice(response.jti.unwrap_or_default().as_bytes());
    output.extend_from_slice(response.token.as_bytes());
    Ok(output)
}

fn seconds(now: f64) -> Result<u64, LivekitError> {
    whole_seconds(now).ok_or(LivekitError::TokenGeneration)
}

/// JavaScript's `Date` ends at 8.64e12 seconds.
fn expires_at(seconds: u64) -> Result<f64, LivekitError> {
    #[allow(clippy::cast_precision_loss, reason = "exact: the bound is below 2^53")]
    if seconds <= 8_640_000_000_000 { Ok(seconds as f64) } else { Err(LivekitError::TokenGeneration) }
}
