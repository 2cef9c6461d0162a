//! The command `fnconform`; all of it is in the library's `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    fnconform::cli::main(std::env::args_os())
}
