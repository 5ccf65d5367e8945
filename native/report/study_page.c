#include "report/study_page.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "fringe/version.h"
#include "io/png_picture.h"
#include "report/chart.h"
#include "report/overlay.h"
#include "report/page_text.h"
#include "text/text_tree.h"

enum { EXAMPLES_MOST = 4, EXAMPLE_PX = 900, OVERLAY_MOST_BYTES = 1 << 30, DIGITS = 3 };

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1f24;--soft:#5b6570;--line:#d5dae0;--paper:#fff;--card:#f5f7f9;"
    "--bar:#5b8db8;--fit:#c2571a;--warn:#9a4b00}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e3e7eb;--soft:#9aa5b1;--line:#39414a;--paper:#15181c;"
    "--card:#1e2329;--bar:#6ea3d0;--fit:#f0945a;--warn:#f0a95a}}\n"
    "@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--card:#fff;"
    "--bar:#5b8db8;--fit:#c2571a;--warn:#7a3b00}body{font-size:10pt;max-width:none;padding:0}"
    "figure,table,tr{break-inside:avoid}h2{break-after:avoid}}\n"
    "body{font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Liberation "
    "Sans\",sans-serif;color:var(--ink);"
    "background:var(--paper);max-width:66rem;margin:0 auto;padding:1.5rem}\n"
    "h1{font-size:1.7rem;margin:0 0 .3rem}h2{font-size:1.25rem;margin:2.2rem 0 .6rem;border-bottom:1px solid "
    "var(--line);padding-bottom:.2rem}h3{font-size:1rem;margin:1.2rem 0 .3rem}\n"
    "p{margin:.4rem 0}.soft,small{color:var(--soft)}small{font-size:.82em}\n"
    ".lead{font-size:1.08rem}.warn{border-left:4px solid var(--warn);padding:.1rem "
    ".9rem;background:var(--card)}\n"
    ".row{display:grid;grid-template-columns:repeat(auto-fit,minmax(25rem,1fr));gap:1rem;align-items:start}\n"
    "figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.6rem}"
    "figure img,figure "
    "svg{display:block;width:100%;height:auto}figcaption{font-size:.85rem;color:var(--soft);"
    "margin-top:.4rem;overflow-wrap:anywhere}\n"
    "table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}"
    "th,td{text-align:right;padding:.28rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}"
    "th:first-child,td:first-child{text-align:left;overflow-wrap:break-word}thead th{border-bottom:2px solid "
    "var(--line);font-weight:600}td.words{text-align:left}\n"
    "td "
    "small{white-space:nowrap}.wide{overflow-x:auto;margin-top:.8rem}.key{display:inline-block;width:.8em;"
    "height:.8em;"
    "border-radius:2px;margin:0 .35em 0 .9em}\n"
    "svg text{font-size:12px;fill:var(--ink)}svg .grid{stroke:var(--line);stroke-width:.7}svg .axis{stroke:"
    "var(--ink)}svg .bar{fill:var(--bar)}svg .fit{fill:none;stroke:var(--fit);stroke-width:2}svg "
    ".mark{stroke:"
    "var(--soft);stroke-dasharray:4 3}svg .range{stroke:var(--line);stroke-width:5}svg "
    ".error{stroke:var(--ink);"
    "stroke-width:1.4}svg .dot{fill:var(--bar);stroke:var(--ink)}\n"
    "code{font-size:.9em;overflow-wrap:anywhere}\n";

/* What all parts of a page need. */
struct page {
    FILE *stream;
    const struct study *study;
    const struct study_summary *summaries;
};

static void put_count(FILE *stream, int64_t count, const char *one, const char *many)
{
    fprintf(stream, "%lld %s", (long long)count, count == 1 ? one : many);
}

static int64_t failed_count(const struct study *study)
{
    int64_t failed = 0;
    for (size_t i = 0; i < study->image_count; i++) failed += study->images[i].failure != NULL;
    return failed;
}

static void put_head(const struct page *page)
{
    FILE *stream = page->stream;
    fprintf(stream, "%s %s\">\n", STUDY_PAGE_HEAD, fringe_version());
    fputs("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<title>Particles</title>\n<style>\n",
          stream);
    fputs(style, stream);
    fputs("</style>\n</head>\n<body>\n", stream);
}

/* The particles of one unit in a sentence. */
static void put_finding(const struct page *page, const struct study_summary *summary)
{
    FILE *stream = page->stream;
    const struct population *diameters = &summary->populations[STUDY_DIAMETER];
    fputs("<p class=\"lead\"><strong>", stream);
    put_count(stream, diameters->n, "particle", "particles");
    fputs("</strong> in ", stream);
    put_count(stream, summary->image_count, "micrograph", "micrographs");
    fprintf(stream, "; median diameter <strong>");
    page_text_number(stream, diameters->d50.value, DIGITS);
    fprintf(stream, " %s</strong>", study_unit_name(summary->unit));
    if (isfinite(diameters->d50.low)) {
        fputs(" (95 % interval ", stream);
        page_text_number(stream, diameters->d50.low, DIGITS);
        fputs(" to ", stream);
        page_text_number(stream, diameters->d50.high, DIGITS);
        fputs(")", stream);
    }
    if (page->study->classified) {
        fputs("; faults seen in <strong>", stream);
        page_text_share(stream, summary->fault_share.value, summary->fault_share.low,
                        summary->fault_share.high);
        fprintf(stream, "</strong> of the %lld of which it can be told", (long long)summary->decided);
    }
    fputs(".", stream);
    if (summary->border_count > 0) {
        fputs(" <span class=\"soft\">", stream);
        put_count(stream, summary->border_count, "more is cut by the edge of its image: it is",
                  "more are cut by the edge of their image: they are");
        fputs(page->study->keep_border ? " counted like the others" : " in the tables, not in these numbers",
              stream);
        fputs(".</span>", stream);
    }
    fputs("</p>\n", stream);
}

static void put_failures(const struct page *page)
{
    const struct study *study = page->study;
    FILE *stream = page->stream;
    int64_t failed = failed_count(study);
    if (failed == 0) return;
    fputs("<div class=\"warn\"><p><strong>", stream);
    put_count(stream, failed, "input", "inputs");
    fprintf(stream, " of %zu could not be analysed</strong> and %s missing in everything below:</p>\n<ul>\n",
            study->image_count, failed == 1 ? "is" : "are");
    for (size_t i = 0; i < study->image_count; i++) {
        if (!study->images[i].failure) continue;
        fputs("<li>", stream);
        page_text_put(stream, study->images[i].failure); /* it begins with the input's name */
        fputs("</li>\n", stream);
    }
    fputs("</ul></div>\n", stream);
}

static void put_summary(const struct page *page)
{
    int units = 0;
    fprintf(page->stream, "<h1>Particles in ");
    put_count(page->stream, (int64_t)page->study->image_count - failed_count(page->study), "micrograph",
              "micrographs");
    fputs("</h1>\n", page->stream);
    for (int unit = 0; unit < STUDY_UNIT_COUNT; unit++) {
        if (page->summaries[unit].count == 0) continue;
        put_finding(page, &page->summaries[unit]);
        units++;
    }
    if (units == 0) fputs("<p class=\"lead\">No particles were found.</p>\n", page->stream);
    if (units > 1)
        fputs("<div class=\"warn\"><p><strong>Some micrographs have no pixel size.</strong> Their lengths "
              "are in "
              "pixels; they are kept apart from those in nm, and nothing below adds the two up.</p></div>\n",
              page->stream);
    put_failures(page);
}

/* ---- examples ---- */

static void put_colours(const struct page *page)
{
    FILE *stream = page->stream;
    if (!page->study->classified) return;
    fputs("<p class=\"soft\">Outlines:", stream);
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++) {
        const uint8_t *rgb = overlay_fault_colour((fringe_fault)i);
        fprintf(stream, "<span class=\"key\" style=\"background:#%02x%02x%02x\"></span>%s", rgb[0], rgb[1],
                rgb[2], fringe_fault_name((fringe_fault)i));
    }
    fputs(". Straight lines are the planes that were seen.</p>\n", stream);
}

static fringe_status put_example(const struct page *page, const struct study_image *image,
                                 fringe_error *error)
{
    unsigned char *png = NULL, *small = NULL;
    size_t size, small_size;
    int32_t width_px, height_px;
    fringe_status status = file_read_all(image->overlay, OVERLAY_MOST_BYTES, &png, &size, error);
    if (!status)
        status = png_picture_reduce(png, size, image->overlay, EXAMPLE_PX, &small, &small_size, &width_px,
                                    &height_px, error);
    if (!status) {
        fprintf(page->stream,
                "<figure><img width=\"%ld\" height=\"%ld\" alt=\"particles outlined\" "
                "src=\"data:image/png;base64,",
                (long)width_px, (long)height_px);
        page_text_base64(page->stream, small, small_size);
        fputs("\">\n<figcaption>", page->stream);
        page_text_put(page->stream, path_name(image->path));
        fputs(", ", page->stream);
        put_count(page->stream, (int64_t)image->count, "particle", "particles");
        fputs("</figcaption></figure>\n", page->stream);
    }
    alloc_free(png);
    alloc_free(small);
    return status == FRINGE_MEMORY ? status : FRINGE_OK; /* an overlay that is gone leaves no picture */
}

/* Up to four images that have particles, evenly from first to last. */
static fringe_status put_examples(const struct page *page, fringe_error *error)
{
    const struct study *study = page->study;
    size_t candidates = 0, seen = 0, shown = 0;
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < study->image_count; i++)
        candidates += study->images[i].overlay && study->images[i].count > 0;
    size_t wanted = candidates < EXAMPLES_MOST ? candidates : EXAMPLES_MOST;
    if (wanted == 0) return FRINGE_OK;
    fputs("<h2>Examples</h2>\n", page->stream);
    put_colours(page);
    fputs("<div class=\"row\">\n", page->stream);
    for (size_t i = 0; i < study->image_count && !status; i++) {
        const struct study_image *image = &study->images[i];
        if (!image->overlay || image->count == 0) continue;
        size_t due = wanted > 1 ? shown * (candidates - 1) / (wanted - 1) : 0;
        if (seen++ != due || shown == wanted) continue;
        shown++;
        status = put_example(page, image, error);
    }
    fputs("</div>\n", page->stream);
    return status;
}

/* ---- distributions ---- */

static void put_measure_row(FILE *stream, const struct study_summary *summary, enum study_measure measure)
{
    const struct population *population = &summary->populations[measure];
    fprintf(stream, "<tr><td>%s%s%s%s</td><td>%lld</td>", study_measure_title(measure),
            study_measure_is_length(measure) ? " <small>(" : "",
            study_measure_is_length(measure) ? study_unit_name(summary->unit) : "",
            study_measure_is_length(measure) ? ")</small>" : "", (long long)population->n);
    fputs("<td>", stream);
    page_text_interval(stream, population->mean.value, population->mean.low, population->mean.high, DIGITS);
    fputs("</td><td>", stream);
    page_text_number(stream, population->sd, DIGITS);
    const struct population_value *const values[] = {&population->d10, &population->d50, &population->d90};
    for (int i = 0; i < 3; i++) {
        fputs("</td><td>", stream);
        page_text_interval(stream, values[i]->value, values[i]->low, values[i]->high, DIGITS);
    }
    fputs("</td></tr>\n", stream);
}

static void put_histogram(FILE *stream, const struct study_summary *summary, enum study_measure measure)
{
    char title[96];
    int fitted = measure == STUDY_DIAMETER && isfinite(summary->fit.median);
    snprintf(title, sizeof title, "%s%s%s%s", study_measure_title(measure),
             study_measure_is_length(measure) ? " (" : "",
             study_measure_is_length(measure) ? study_unit_name(summary->unit) : "",
             study_measure_is_length(measure) ? ")" : "");
    fputs("<figure>", stream);
    chart_histogram(stream, summary->values[measure], summary->value_counts[measure], title,
                    fitted ? &summary->fit : NULL,
                    measure == STUDY_DIAMETER ? &summary->populations[measure] : NULL);
    if (fitted) {
        fputs("<figcaption>Curve: lognormal distribution of greatest likelihood, median ", stream);
        page_text_number(stream, summary->fit.median, DIGITS);
        fprintf(stream, " %s, geometric standard deviation ", study_unit_name(summary->unit));
        page_text_number(stream, summary->fit.spread, DIGITS);
        fputs("; its cumulative shares are off by at most ", stream);
        page_text_number(stream, round(summary->fit.distance * 1000) / 10, DIGITS);
        fputs("&nbsp;%.</figcaption>", stream);
    }
    fputs("</figure>\n", stream);
}

static void put_distributions(const struct page *page, const struct study_summary *summary)
{
    static const enum study_measure drawn[] = {STUDY_DIAMETER, STUDY_ASPECT, STUDY_CIRCULARITY,
                                               STUDY_SOLIDITY};
    FILE *stream = page->stream;
    fputs("<h2>Size and shape</h2>\n<div class=\"row\">\n", stream);
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
        if (summary->value_counts[drawn[i]] > 0) put_histogram(stream, summary, drawn[i]);
    fputs("</div>\n<div class=\"wide\"><table><thead><tr><th>Measure</th><th>N</th><th>mean</th><th>s.d.</th>"
          "<th>D10</th><th>D50</th><th>D90</th></tr></thead>\n<tbody>\n",
          stream);
    for (int i = 0; i < STUDY_MEASURE_COUNT; i++) put_measure_row(stream, summary, (enum study_measure)i);
    fputs("</tbody></table></div>\n<p class=\"soft\">Small numbers are 95 % intervals: of the mean by "
          "bootstrap over "
          "the particles, of percentiles (by number of particles) from their ranks. They hold the spread "
          "that comes "
          "from the choice of particles, and nothing of what is wrong with all of them alike.</p>\n",
          stream);
}

/* ---- faults ---- */

static void put_classes(FILE *stream, const struct study_summary *summary)
{
    int64_t n = 0;
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++) n += summary->classes[i];
    fputs("<div class=\"wide\"><table><thead><tr><th>Class</th><th>particles</th><th>share of "
          "all</th></tr></thead>\n"
          "<tbody>\n",
          stream);
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++) {
        struct proportion share = proportion_of(summary->classes[i], n);
        fprintf(stream, "<tr><td>%s</td><td>%lld</td><td>", fringe_fault_name((fringe_fault)i),
                (long long)summary->classes[i]);
        page_text_share(stream, share.value, share.low, share.high);
        fputs("</td></tr>\n", stream);
    }
    fprintf(stream,
            "<tr><td><strong>a fault is seen</strong>, of those decided</td><td>%lld of %lld</td><td>",
            (long long)summary->faults, (long long)summary->decided);
    page_text_share(stream, summary->fault_share.value, summary->fault_share.low, summary->fault_share.high);
    fputs("</td></tr>\n</tbody></table></div>\n", stream);
}

static void put_trend(FILE *stream, const struct study_summary *summary)
{
    char title[64];
    if (summary->bin_count < 2) {
        fprintf(stream,
                "<p class=\"soft\">Too few particles are decided (%lld) to show faults over size: %d are "
                "needed.</p>\n",
                (long long)summary->decided, 2 * STUDY_BIN_LEAST_COUNT);
        return;
    }
    snprintf(title, sizeof title, "Area-equivalent diameter (%s)", study_unit_name(summary->unit));
    fputs("<figure>", stream);
    chart_shares(stream, summary->bins, summary->bin_count, title, "particles with a fault (%)");
    fputs("<figcaption>Share of particles in which a fault is seen, in bins of as many particles each; dots "
          "stand at "
          "the bin's mean diameter, whiskers are Wilson's 95 % intervals. ",
          stream);
    if (isfinite(summary->trend.p)) {
        fputs(summary->trend.p < 0.05 ? (summary->trend.z > 0 ? "Larger particles have more of them"
                                                              : "Larger particles have fewer of them")
                                      : "No trend with size is seen",
              stream);
        fputs(" (Cochran-Armitage, z = ", stream);
        page_text_number(stream, summary->trend.z, DIGITS);
        fputs(", ", stream);
        page_text_p(stream, summary->trend.p);
        fputs(").", stream);
    }
    fputs("</figcaption></figure>\n", stream);
}

static void put_lattices(FILE *stream, const struct study_summary *summary)
{
    fprintf(stream, "<h2>Lattice</h2>\n<p>The lattice stands out in two directions in <strong>");
    int64_t n = 0;
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++) n += summary->classes[i];
    struct proportion share = proportion_of(summary->resolved_count, n);
    page_text_share(stream, share.value, share.low, share.high);
    fputs("</strong> of the particles.</p>\n", stream);
    if (summary->lattice_count == 0) return;
    const char *unit = study_unit_name(summary->unit);
    fprintf(stream,
            "<div class=\"wide\"><table><thead><tr><th>Phase that fits best</th><th>seen along</th>"
            "<th>particles</th><th>d<sub>1</sub> <small>(%s)</small></th><th>d<sub>2</sub> <small>(%s)"
            "</small></th><th>angle</th></tr></thead>\n<tbody>\n",
            unit, unit);
    for (size_t i = 0; i < summary->lattice_count; i++) {
        const struct study_lattice *lattice = &summary->lattices[i];
        const char *zone = strchr(lattice->name, '\t');
        char phase[128];
        snprintf(phase, sizeof phase, "%.*s", (int)(zone - lattice->name), lattice->name);
        fputs("<tr><td>", stream);
        page_text_put(stream, phase);
        fputs("</td><td>", stream);
        page_text_put(stream, zone + 1);
        fprintf(stream, "</td><td>%lld</td><td>", (long long)lattice->count);
        page_text_number(stream, lattice->spacing_1, 4);
        fputs("</td><td>", stream);
        page_text_number(stream, lattice->spacing_2, 4);
        fputs("</td><td>", stream);
        page_text_number(stream, lattice->spacing_angle, DIGITS);
        fputs("&deg;</td></tr>\n", stream);
    }
    fputs(
        "</tbody></table></div>\n<p class=\"soft\">Medians over the particles; the most frequent first. A "
        "phase is "
        "the likeliest of those that were possible, not proof of it: its probability stands in the table of "
        "particles.</p>\n",
        stream);
}

static void put_correlations(FILE *stream, const struct study_summary *summary)
{
    fputs(
        "<h2>What hangs together with size</h2>\n<div class=\"wide\"><table><thead><tr><th>Diameter with</th>"
        "<th>N</th><th>Spearman's &rho;</th><th>test</th></tr></thead>\n<tbody>\n",
        stream);
    for (int i = STUDY_ASPECT; i < STUDY_MEASURE_COUNT; i++) {
        const struct rank_correlation *found = &summary->with_diameter[i];
        fprintf(stream, "<tr><td>%s</td><td>%zu</td><td>", study_measure_title((enum study_measure)i),
                found->n);
        page_text_interval(stream, found->rho, found->low, found->high, 2);
        fputs("</td><td>", stream);
        if (isfinite(found->p))
            page_text_p(stream, found->p);
        else
            fputs("&ndash;", stream);
        fputs("</td></tr>\n", stream);
    }
    fputs("</tbody></table></div>\n", stream);
}

/* ---- images and provenance ---- */

static void put_notices(FILE *stream, const struct text_node *root)
{
    const struct text_node *notices = text_tree_find(root, "notices");
    for (const struct text_node *notice = notices ? notices->first : NULL; notice; notice = notice->next) {
        if (notice != notices->first) fputs("<br>", stream);
        page_text_put(stream, notice->text);
    }
}

static void put_images(const struct page *page)
{
    FILE *stream = page->stream;
    fputs("<h2>Micrographs</h2>\n<div class=\"wide\"><table><thead><tr><th>Micrograph</th><th>particles</th>"
          "<th>median diameter</th><th style=\"text-align:left\">warnings</th></tr></thead>\n<tbody>\n",
          stream);
    for (size_t i = 0; i < page->study->image_count; i++) {
        const struct study_image *image = &page->study->images[i];
        if (image->failure) continue;
        const struct text_node *root = provenance_root(image->record),
                               *result = text_tree_find(root, "result");
        const struct text_node *middle = text_tree_find(text_tree_find(result, "diameter"), "d50");
        double value = NAN;
        text_tree_number(text_tree_find(middle, "value"), &value);
        fputs("<tr><td>", stream);
        page_text_put(stream, image->path);
        fprintf(stream, "</td><td>%zu</td><td>", image->count);
        page_text_number(stream, value, DIGITS);
        if (isfinite(value)) {
            fputc(' ', stream);
            page_text_put(stream, text_tree_text(result, "unit", ""));
        }
        fputs("</td><td class=\"words\">", stream);
        put_notices(stream, root);
        fputs("</td></tr>\n", stream);
    }
    fputs("</tbody></table></div>\n", stream);
}

static void put_fact(FILE *stream, const char *name, const char *value)
{
    if (!*value) return;
    fputs("<tr><td>", stream);
    page_text_put(stream, name);
    fputs("</td><td class=\"words\"><code>", stream);
    page_text_put(stream, value);
    fputs("</code></td></tr>\n", stream);
}

/* Of the first image that has one: a batch has one model and one set of parameters. */
static void put_provenance(const struct page *page)
{
    static const char *const of_model[] = {"name", "version", "sha256", "preparation", "completion"};
    FILE *stream = page->stream;
    const struct text_node *root = NULL;
    for (size_t i = 0; i < page->study->image_count && !root; i++)
        if (!page->study->images[i].failure) root = provenance_root(page->study->images[i].record);
    fputs("<h2>How this was made</h2>\n", stream);
    if (!root) return;
    const struct text_node *model = text_tree_find(root, "model"), *forest = text_tree_find(root, "forest");
    const struct text_node *parameters = text_tree_find(root, "parameters");
    char name[64];
    fputs("<div class=\"wide\"><table><tbody>\n", stream);
    put_fact(stream, "Fringe", text_tree_text(root, "fringe", ""));
    put_fact(stream, "instruction path", text_tree_text(root, "cpu_path", ""));
    for (size_t i = 0; i < sizeof of_model / sizeof *of_model; i++) {
        snprintf(name, sizeof name, "model: %s", of_model[i]);
        put_fact(stream, name, text_tree_text(model, of_model[i], ""));
    }
    put_fact(stream, "forest: name", text_tree_text(forest, "name", ""));
    put_fact(stream, "forest: sha256", text_tree_text(forest, "sha256", ""));
    fputs("<tr><td>parameters</td><td class=\"words\">", stream);
    for (const struct text_node *one = parameters ? parameters->first : NULL; one; one = one->next) {
        fputs(one == parameters->first ? "<code>" : ", <code>", stream);
        page_text_put(stream, one->key);
        fputc('=', stream);
        page_text_put(stream, one->text);
        fputs("</code>", stream);
    }
    fputs("</td></tr>\n</tbody></table></div>\n<p class=\"soft\">Every micrograph has this, its own SHA-256 "
          "and those of "
          "all "
          "results in its <code>-fringe.json</code>. Tables: <code>particles.csv</code>, "
          "<code>summary.csv</code>.</p>\n",
          stream);
}

static fringe_status put_page(const struct page *page, fringe_error *error)
{
    FILE *stream = page->stream;
    put_head(page);
    put_summary(page);
    fringe_status status = put_examples(page, error);
    for (int unit = 0; unit < STUDY_UNIT_COUNT && !status; unit++) {
        const struct study_summary *summary = &page->summaries[unit];
        if (summary->count == 0) continue;
        if (page->summaries[!unit].count > 0)
            fprintf(stream, "<h1>%s</h1>\n",
                    unit == STUDY_NM ? "Micrographs with a pixel size (nm)"
                                     : "Micrographs without one (pixels)");
        put_distributions(page, summary);
        if (page->study->classified) {
            fputs("<h2>Faults</h2>\n", stream);
            put_classes(stream, summary);
            put_trend(stream, summary);
            put_lattices(stream, summary);
        }
        put_correlations(stream, summary);
    }
    put_images(page);
    put_provenance(page);
    fputs("</body>\n</html>\n", stream);
    return status;
}

fringe_status study_write_page(const struct study *study, const struct study_summary *summaries,
                               const char *path, fringe_error *error)
{
    struct file_writer file;
    fringe_status status = file_writer_begin(&file, path, error);
    if (status) return status;
    struct page page = {file.stream, study, summaries};
    status = put_page(&page, error);
    if (status) {
        file_writer_discard(&file);
        return status;
    }
    return file_writer_commit(&file, error);
}
