//! Comma-separated values as RFC 4180 has them, for spreadsheets too.

/// Adds a row.
pub fn write_row(out: &mut Vec<u8>, cells: &[impl AsRef<str>]) {
    for (n, cell) in cells.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write_cell(out, cell.as_ref());
    }
    out.extend(b"\r\n");
}

/// Adds a cell. A spreadsheet would run one that begins like a formula, and what stands in the audit
/// was written by agents: an apostrophe before it makes it a text.
fn write_cell(out: &mut Vec<u8>, cell: &str) {
    let is_formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if !is_formula && !cell.contains([',', ';', '"', '\r', '\n', '\t']) {
        return out.extend(cell.as_bytes());
    }
    out.push(b'"');
    if is_formula {
        out.push(b'\'');
    }
    out.extend(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_has_to_be_and_never_a_formula() {
        for (cell, written) in [
            ("plain text", "plain text"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("a\nb", "\"a\nb\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "\"'＝1\""),
            ("=\"x\"", "\"'=\"\"x\"\"\""),
        ] {
            let mut out = Vec::new();
            write_row(&mut out, &[cell, "z"]);
            assert_eq!(String::from_utf8(out).unwrap(), format!("{written},z\r\n"));
        }
    }
}
