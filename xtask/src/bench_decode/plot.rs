//! A plot of what drafts are worth by the size of the edit, as SVG.

use std::fmt::Write as _;
use std::path::Path;

use super::record::Record;
use crate::replace::replace;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 56.0;

/// Colours that differ for most eyes (Okabe and Ito 2008).
const COLOURS: [&str; 6] = ["#000000", "#56b4e9", "#0072b2", "#e69f00", "#d55e00", "#009e73"];

/// Draws a line for each proposer: the greater of two changes of an edit are twice as far to the right.
pub(super) fn save(record: &Record, path: &Path) -> anyhow::Result<()> {
    replace(path, draw(record)?.as_bytes())
}

fn draw(record: &Record) -> Result<String, std::fmt::Error> {
    let points = || record.proposers.iter().flat_map(|proposer| &proposer.points);
    let most = points().map(|point| point.value).fold(1.0, f64::max);
    let widest = points().map(|point| point.tokens as f64).fold(2.0, f64::max).log2();
    let x = |tokens: f64| MARGIN + (WIDTH - 2.0 * MARGIN) * tokens.max(1.0).log2() / widest;
    let y = |value: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * value / most;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>"#
    );
    axes(&mut svg, record, most, widest, &x, &y)?;
    for (index, proposer) in record.proposers.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let mut line = String::new();
        for point in &proposer.points {
            write!(line, "{:.1},{:.1} ", x(point.tokens as f64), y(point.value))?;
        }
        let (left, top) = (WIDTH - MARGIN - 110.0, MARGIN + 16.0 * index as f64);
        write!(
            svg,
            r#"<polyline fill="none" stroke="{colour}" stroke-width="2" points="{}"/>"#,
            line.trim_end()
        )?;
        write!(
            svg,
            r#"<line x1="{left}" x2="{}" y1="{top}" y2="{top}" stroke="{colour}" stroke-width="2"/>"#,
            left + 20.0
        )?;
        write!(svg, r#"<text x="{}" y="{}">{}</text>"#, left + 26.0, top + 4.0, proposer.name)?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn axes(
    svg: &mut String,
    record: &Record,
    most: f64,
    widest: f64,
    x: &dyn Fn(f64) -> f64,
    y: &dyn Fn(f64) -> f64,
) -> std::fmt::Result {
    let what = if record.mode == "replay" {
        "tokens per forward pass"
    } else {
        "speed-up over plain decoding"
    };
    let (bottom, middle) = (y(0.0), WIDTH / 2.0);
    for power in 0..=widest as i32 {
        let tokens = 2f64.powi(power);
        write!(
            svg,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{tokens}</text>"#,
            x(tokens),
            bottom + 18.0
        )?;
    }
    for step in 0..=4 {
        let value = most * f64::from(step) / 4.0;
        let at = y(value);
        write!(
            svg,
            r##"<line x1="{MARGIN}" x2="{:.1}" y1="{at:.1}" y2="{at:.1}" stroke="#ddd"/>"##,
            WIDTH - MARGIN
        )?;
        write!(
            svg,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{value:.0}</text>"#,
            MARGIN - 6.0,
            at + 4.0
        )?;
    }
    write!(
        svg,
        r#"<text x="{middle}" y="{:.1}" text-anchor="middle">tokens that the fix takes out and puts in</text>"#,
        HEIGHT - 14.0
    )?;
    write!(
        svg,
        r#"<text x="{middle}" y="28" text-anchor="middle">{what}, {} cases, target {}</text>"#,
        record.cases, record.target
    )
}
