//! Who may know whom, read off the sources: one package has no walls, so a test stands in for them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the library, and what each may use beside itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("history", &[]),
    ("requirement", &[]),
    ("model", &["history", "requirement"]),
    ("oracle", &["history", "requirement", "model"]),
    ("plan", &["history", "requirement", "model", "oracle", "lever"]),
    ("driver", &["history", "requirement", "model", "oracle", "plan", "lever"]),
    ("lever", &["history", "requirement", "model", "oracle", "plan", "driver"]),
    ("exchange", &["history", "driver"]),
    ("har", &["history", "exchange"]),
    ("record", &["history", "oracle", "driver", "exchange"]),
    // The emulator is a second reading of the page: it may know the encoding and the words, never the first reading.
    ("emulator", &["history", "requirement", "driver"]),
    ("rehearsal", &["history", "oracle", "plan", "driver", "lever", "emulator"]),
    ("exposure", &["history", "model", "oracle", "plan", "driver", "lever", "emulator", "rehearsal"]),
    ("gherkin", &["history", "requirement", "model", "oracle", "plan", "driver", "lever"]),
    ("report", &["history", "requirement", "model", "oracle", "plan", "driver", "lever", "gherkin"]),
    (
        "cli",
        &[
            "history",
            "requirement",
            "model",
            "oracle",
            "plan",
            "driver",
            "lever",
            "emulator",
            "gherkin",
            "report",
            "exchange",
            "har",
            "record",
            "rehearsal",
            "exposure",
        ],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder of sources");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The modules that a source names behind `crate::`, whether in a `use` or in the midst of code.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut used = BTreeSet::new();
    for line in code {
        for (place, _) in line.match_indices("crate::") {
            let rest = &line[place + "crate::".len()..];
            if let Some(group) = rest.strip_prefix('{') {
                used.extend(group.split([',', '}']).map(|one| word(one.trim()).to_owned()));
            } else {
                used.insert(word(rest).to_owned());
            }
        }
    }
    used.retain(|name| !name.is_empty());
    used
}

fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

#[test]
fn no_layer_knows_one_above_it() {
    let mut found = Vec::new();
    sources(&root().join("src"), &mut found);
    let mut wrong = Vec::new();
    for path in found {
        let place = path.strip_prefix(root().join("src")).expect("a source").to_owned();
        let layer = place.iter().next().and_then(|first| first.to_str()).expect("a name");
        let layer = layer.trim_end_matches(".rs");
        if matches!(layer, "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            wrong.push(format!("{} is of no layer: give it its place in LAYERS", place.display()));
            continue;
        };
        for name in used(&fs::read_to_string(&path).expect("a source")) {
            if name != layer && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} may not use {name}", place.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the line of code names this library, and not one whose name ends like it.
fn names(line: &str, library: &str) -> bool {
    let named = format!("{library}::");
    line.match_indices(&named).any(|(place, _)| !line[..place].ends_with('_'))
}

#[test]
fn few_files_know_the_libraries_for_http() {
    let mut found = Vec::new();
    sources(&root().join("src"), &mut found);
    let knows = |library: &str| -> Vec<String> {
        let uses = |path: &&PathBuf| {
            let text = fs::read_to_string(path).expect("a source");
            text.lines().any(|line| !line.trim_start().starts_with("//") && names(line, library))
        };
        let name = |path: &PathBuf| path.strip_prefix(root()).expect("a source").display().to_string();
        let mut names: Vec<String> = found.iter().filter(uses).map(name).collect();
        names.sort();
        names
    };
    for library in ["reqwest", "rustls"] {
        let known = knows(library);
        assert!(known.iter().all(|name| name.starts_with("src/driver/client")), "{known:?}");
    }
    let serves = |name: &String| name.starts_with("src/emulator/") || name == "src/lever/registry/server.rs";
    assert!(knows("axum").iter().all(serves), "{:?}", knows("axum"));
}

#[test]
fn every_file_of_this_binary_is_in_it() {
    let suite = root().join("tests/suite");
    let main = fs::read_to_string(suite.join("main.rs")).expect("the root of the binary");
    let modules: BTreeSet<&str> =
        main.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    for entry in fs::read_dir(&suite).expect("the folder of the binary") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let source = path.extension().is_some_and(|extension| extension == "rs");
        if source && name != "main" {
            assert!(modules.contains(name), "tests/suite/{name}.rs is not a mod of tests/suite/main.rs");
        }
    }
}
