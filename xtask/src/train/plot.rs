//! The loss over the steps as a picture.

use std::path::Path;

use plotters::prelude::*;

use crate::replace::replace;

/// Draws curves over the steps into an SVG file; those without points are left out. Nothing is written if there is no point at all.
pub(super) fn draw(path: &Path, curves: &[(&str, Vec<(f64, f64)>)]) -> anyhow::Result<()> {
    let points = || curves.iter().flat_map(|(_, points)| points);
    let steps = points().map(|(step, _)| *step).fold(0.0, f64::max);
    let most = points().map(|(_, loss)| *loss).fold(0.0, f64::max);
    if points().next().is_none() {
        return Ok(());
    }
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (800, 480)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(16)
            .x_label_area_size(36)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..steps.max(1.0), 0.0..most.max(1e-6) * 1.05)?;
        chart.configure_mesh().x_desc("step").y_desc("loss, nats a token").draw()?;
        for (index, (name, points)) in curves.iter().enumerate().filter(|(_, (_, p))| !p.is_empty())
        {
            let style = Palette99::pick(index).stroke_width(2);
            chart
                .draw_series(LineSeries::new(points.iter().copied(), style))?
                .label(*name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], style));
        }
        chart
            .configure_series_labels()
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK)
            .draw()?;
        area.present()?;
    }
    replace(path, svg.as_bytes())
}
