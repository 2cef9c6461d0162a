//! Text in lines of a bounded width, for terminals. Knows words and columns, and nothing of what they say.

/// The width that explanations are wrapped to: readable, and narrower than most terminals.
pub const WIDTH: usize = 100;

/// The text in lines of at most `width` columns, each beginning with `indent`; a longer word has a line of its own.
///
/// Line breaks in the text are kept. Every line ends with one.
#[must_use]
pub fn wrap(text: &str, indent: &str, width: usize) -> String {
    let room = width.saturating_sub(indent.chars().count()).max(1);
    let mut out = String::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut length = 0;
        for word in paragraph.split_whitespace() {
            let word_length = word.chars().count();
            if length > 0 && length + 1 + word_length > room {
                push_line(&mut out, indent, &line);
                line.clear();
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += word_length;
        }
        push_line(&mut out, indent, &line);
    }
    out
}

fn push_line(out: &mut String, indent: &str, line: &str) {
    if !line.is_empty() {
        out.push_str(indent);
        out.push_str(line);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_longer_than_asked_and_no_word_is_lost() {
        let text = "one two three four five six seven eight nine ten";
        let wrapped = wrap(text, "  ", 12);
        assert!(wrapped.lines().all(|line| line.starts_with("  ") && line.chars().count() <= 12), "{wrapped}");
        assert_eq!(wrapped.split_whitespace().collect::<Vec<_>>().join(" "), text);
    }

    #[test]
    fn a_long_word_stands_alone() {
        assert_eq!(wrap("a incomprehensible b", " ", 6), " a\n incomprehensible\n b\n");
    }

    #[test]
    fn line_breaks_are_kept() {
        assert_eq!(wrap("a\n\nb", "  ", 10), "  a\n\n  b\n");
    }
}
