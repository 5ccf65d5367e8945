#include "report/study_page.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "fringe/version.h"
#include "io/png_picture.h"
#include "report/overlay.h"
#include "report/page_text.h"
#include "report/study_sections.h"
#include "report/study_style.h"
#include "text/text_tree.h"

enum { EXAMPLES_MOST = 4, EXAMPLE_PX = 900, OVERLAY_MOST_BYTES = 1 << 30, DIGITS = 3 };

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
    fputs(study_style, stream);
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
        fputs(
            "<div class=\"warn\"><p><strong>Some micrographs have no pixel size.</strong> Their lengths are "
            "in pixels; they are kept apart from those in nm, and nothing below adds the two up.</p></div>\n",
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
          "and those of all results in its <code>-fringe.json</code>. Tables: <code>particles.csv</code>, "
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
        study_sections_put(stream, summary, page->study->classified);
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
