//! What is wrong with a claim, by name.

use crate::json::decimal;
use alloc::string::String;
use core::fmt;

/// A claim that is refused: where it is and what is wrong. Names are LiveKit's own, never a caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimFault {
    path: String,
    problem: Problem,
}

/// What is wrong with a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It has another type; this one is expected.
    NotA(&'static str),
    /// It is required and missing.
    Missing,
    /// It is a name that LiveKit does not know.
    UnknownName,
    /// It has a member that LiveKit does not know, or one that differs from a known one only in case.
    UnknownMember,
    /// One member is given in two spellings, or two that exclude each other are given.
    Ambiguous,
    /// It is longer than so many bytes.
    TooLong(usize),
    /// It holds a credential, which whoever holds the token could read.
    Credential,
    /// It is a list without items, which LiveKit takes for everything.
    EmptyList,
}

impl ClaimFault {
    pub(crate) const fn new(problem: Problem) -> Self {
        Self { path: String::new(), problem }
    }

    /// The same fault, seen from the object that has the claim as member `name`.
    pub(crate) fn within(mut self, name: &str) -> Self {
        if !self.path.is_empty() {
            self.path.insert(0, '.');
        }
        self.path.insert_str(0, name);
        self
    }

    /// Where it is: names of members, separated by dots.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        self.problem
    }

    /// What an application is told.
    pub(crate) fn message(&self) -> String {
        let path = if self.path.is_empty() { "claims" } else { &self.path };
        let problem = match self.problem {
            Problem::NotA(kind) => return [path, " must be ", kind].concat(),
            Problem::TooLong(bytes) => {
                let bytes = decimal(u64::try_from(bytes).unwrap_or(u64::MAX));
                return [path, " must not be longer than ", &bytes, " bytes"].concat();
            }
            Problem::Missing => " is required",
            Problem::UnknownName => " is not a name that LiveKit knows",
            Problem::UnknownMember => " has a member that LiveKit does not know",
            Problem::Ambiguous => " is given twice or excludes another member",
            Problem::Credential => " holds a credential, which must not be in a token",
            Problem::EmptyList => " must not be empty",
        };
        [path, problem].concat()
    }
}

impl fmt::Display for ClaimFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}
