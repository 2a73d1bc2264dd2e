//! DatabaseUrl: URLs of PostgreSQL databases for Prisma, libpq and hosting companies.

use livekit_edge::database_url::{DatabaseUrl, DatabaseUrlError};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const BASE: &str = "postgresql://user:p%40ss@db.example.com:5432/app";

fn parse(query: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
    DatabaseUrl::parse(&format!("{BASE}?{query}"))
}

fn parameters(query: &str) -> Vec<(String, String)> {
    parse(query).unwrap().parameters
}

#[test]
fn a_url_without_parameters_is_not_changed() {
    for text in [BASE, "postgres://localhost", "POSTGRES://h/d", "postgres://u@h1:1,h2:2/d", "postgres:///d"] {
        let expected = DatabaseUrl { address: text.into(), prepare: true, ..DatabaseUrl::default() };
        for end in ["", "?", "\n", " "] {
            assert_eq!(DatabaseUrl::parse(&format!("{text}{end}")), Ok(expected.clone()), "{text}{end}");
        }
    }
    for text in [
        "",
        "x",
        "mysql://h/d",
        "postgres:/h/d",
        "postgres",
        "file:./dev.db",
        "//h/d",
        "postgres://h /d",
        "postgres://h\u{0}/d",
    ] {
        assert_eq!(DatabaseUrl::parse(text), Err(DatabaseUrlError::NotPostgres), "{text}");
    }
}

/// A driver would split the URL there, and connect to a host that is a part of the password.
#[test]
fn an_unescaped_character_of_a_password_is_an_error() {
    for text in [
        "postgres://user:pa#ss@h/d",
        "postgres://user#:pass@h/d",
        "postgres://user:pa#ss@h/d?sslmode=require",
        "postgres://user:pa/ss@h/d",
        "postgres://user:12/34@h/d",
        "postgres://user:/34@h/d",
        "postgres://user:12/34@h",
        "postgres://us/er:12@h/d",
        "postgres://user:p@12/34@h/d",
        "postgres://user:12/34@h/d?sslmode=require",
        "postgres://user:12#34@h/d",
        "postgres://h/d#x",
        "postgres://h/d?sslmode=require#x",
    ] {
        assert_eq!(DatabaseUrl::parse(text), Err(DatabaseUrlError::Unescaped), "{text}");
    }
    for text in [
        "postgres://user:p%23a%2Fss@h/d",
        "postgres://user:12%2F34@h/d",
        "postgres://u:p@[::1]:5432/d",
        "postgres://u@[::1],h:/d",
        "postgres://u:p@h:5432/d@b",
        "postgres://h:5432/d%40b",
    ] {
        assert_eq!(DatabaseUrl::parse(text).map(|url| url.address), Ok(text.into()), "{text}");
    }
    for text in ["postgres://h:port/d", "postgres://h:65536/d", "postgres://u:p@h1:1,h2:x/d"] {
        assert_eq!(DatabaseUrl::parse(text), Err(DatabaseUrlError::NotPostgres), "{text}");
    }
}

#[test]
fn a_schema_of_prisma_is_the_search_path() {
    let schema = |name: &str| parameters(&format!("schema={name}"));
    assert_eq!(schema("public"), [("search_path".into(), r#""public""#.into())]);
    assert_eq!(schema("My%20App"), [("search_path".into(), r#""My App""#.into())]);
    // No name can end the quotation.
    assert_eq!(schema("a%22%2Cpg_temp"), [("search_path".into(), r#""a"",pg_temp""#.into())]);
    assert_eq!(parameters("schema=a&schema=b"), [("search_path".into(), r#""b""#.into())]);
    assert_eq!(parameters("search_path=a%2Cb"), [("search_path".into(), "a,b".into())]);
    for name in ["", &"x".repeat(64), "a%00"] {
        assert_eq!(parse(&format!("schema={name}")), Err(DatabaseUrlError::InvalidParameter(1)), "{name}");
    }
}

#[test]
fn parameters_of_prisma_and_of_hosting_companies_are_converted_or_ignored() {
    let url = parse("connection_limit=5&pool_timeout=10&pgbouncer=true&connect_timeout=15&socket_timeout=3&sslmode=require&schema=public").unwrap();
    assert_eq!((url.address.as_str(), url.max, url.prepare, url.ssl), (BASE, Some(5), false, Some("require")));
    assert_eq!(url.parameters.len(), 1);
    // Neon, Supabase, Vercel.
    let url = parse("sslmode=require&channel_binding=require&options=endpoint%3Dep-1").unwrap();
    assert_eq!(url.parameters, [("options".into(), "endpoint=ep-1".into())]);
    assert!(parse("pgbouncer=true&connection_limit=1&supa=base-pooler.x").is_ok());
    for (query, prepare) in [
        ("pgbouncer=false", true),
        ("prepare=false", false),
        ("prepare=true", true),
        ("prepare=true&pgbouncer=true", false),
        ("statement_cache_size=0", false),
        ("statement_cache_size=100", true),
    ] {
        assert_eq!(parse(query).unwrap().prepare, prepare, "{query}");
    }
    assert_eq!(parse("host=/cloudsql/a:b:c").unwrap().host.as_deref(), Some("/cloudsql/a:b:c"));
    assert_eq!(parse("max=3&max_lifetime=60").map(|url| (url.max, url.max_lifetime)), Ok((Some(3), Some(60))));
    assert_eq!(parse("target_session_attrs=primary").unwrap().target_session_attrs, Some("primary"));
    assert_eq!(parse("target_session_attrs=any").unwrap().target_session_attrs, None);
    assert!(parse("sslnegotiation=direct").unwrap().direct_ssl);
    assert!(!parse("sslnegotiation=postgres").unwrap().direct_ssl);
    assert_eq!(
        parameters("application_name=x&TimeZone=UTC&statement_timeout=5&app.tenant=7"),
        [("application_name", "x"), ("timezone", "UTC"), ("statement_timeout", "5"), ("app.tenant", "7")]
            .map(|(name, value)| (name.into(), value.into()))
    );
}

/// No parameter makes TLS weaker than another parameter requires.
#[test]
fn tls_is_as_strict_as_the_strictest_parameter() {
    for (query, ssl) in [
        ("", None),
        ("sslmode=disable", Some("false")),
        ("ssl=false", Some("false")),
        ("sslmode=allow", Some("allow")),
        ("sslmode=prefer", Some("prefer")),
        ("sslmode=require", Some("require")),
        ("sslmode=no-verify", Some("require")),
        ("ssl=true", Some("verify-full")),
        ("sslmode=verify-ca", Some("verify-full")),
        ("sslmode=verify-full", Some("verify-full")),
        ("sslmode=require&sslaccept=strict", Some("verify-full")),
        ("sslaccept=strict&sslmode=prefer", Some("verify-full")),
        ("sslaccept=strict", Some("verify-full")),
        ("sslmode=require&sslaccept=accept_invalid_certs", Some("require")),
        ("sslmode=verify-full&sslaccept=accept_invalid_certs", Some("verify-full")),
        ("sslmode=disable&sslaccept=strict", Some("false")),
        ("sslmode=require&sslrootcert=system", Some("verify-full")),
    ] {
        assert_eq!(parse(query).map(|url| url.ssl), Ok(ssl), "{query}");
    }
}

#[test]
fn unknown_and_invalid_parameters_are_named_by_position() {
    for name in [
        "sslmod",
        "sslcert",
        "sslkey",
        "sslidentity",
        "sslpassword",
        "user",
        "password",
        "dbname",
        "x",
        "",
        "host",
        "__proto__",
    ] {
        assert_eq!(parse(&format!("{name}=v")), Err(DatabaseUrlError::UnknownParameter(1)), "{name}");
        assert_eq!(parse(&format!("schema=a&{name}=v")), Err(DatabaseUrlError::UnknownParameter(2)), "{name}");
    }
    for parameter in [
        "sslmode=",
        "sslmode=REQUIRE",
        "sslmode=verify",
        "ssl=1",
        "sslaccept=maybe",
        "sslrootcert=/ca.pem",
        "connection_limit=0",
        "connection_limit=-1",
        "connection_limit=many",
        "connection_limit=99999",
        "max_lifetime=0",
        "pgbouncer=yes",
        "prepare=",
        "sslnegotiation=",
        "sslnegotiation=Direct",
        "statement_cache_size=",
        "statement_cache_size=none",
        "statement_cache_size=-1",
        "target_session_attrs=leader",
        "application_name=a%00b",
    ] {
        assert_eq!(parse(parameter), Err(DatabaseUrlError::InvalidParameter(1)), "{parameter}");
        assert_eq!(parse(&format!("jit=off&{parameter}")), Err(DatabaseUrlError::InvalidParameter(2)), "{parameter}");
    }
}
