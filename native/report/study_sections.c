#include "report/study_sections.h"

#include <math.h>
#include <string.h>

#include "report/chart.h"
#include "report/page_text.h"

enum { DIGITS = 3 };

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

static void put_distributions(FILE *stream, const struct study_summary *summary)
{
    static const enum study_measure drawn[] = {STUDY_DIAMETER, STUDY_ASPECT, STUDY_CIRCULARITY,
                                               STUDY_SOLIDITY};
    fputs("<h2>Size and shape</h2>\n<div class=\"row\">\n", stream);
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
        if (summary->value_counts[drawn[i]] > 0) put_histogram(stream, summary, drawn[i]);
    fputs("</div>\n<div class=\"wide\"><table><thead><tr><th>Measure</th><th>N</th><th>mean</th><th>s.d.</th>"
          "<th>D10</th><th>D50</th><th>D90</th></tr></thead>\n<tbody>\n",
          stream);
    for (int i = 0; i < STUDY_MEASURE_COUNT; i++) put_measure_row(stream, summary, (enum study_measure)i);
    fputs("</tbody></table></div>\n<p class=\"soft\">Small numbers are 95 % intervals: of the mean by "
          "bootstrap over the particles, of percentiles (by number of particles) from their ranks. They hold "
          "the spread that comes from the choice of particles, and nothing of what is wrong with all of them "
          "alike.</p>\n",
          stream);
}

static void put_classes(FILE *stream, const struct study_summary *summary)
{
    int64_t n = 0;
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++) n += summary->classes[i];
    fputs("<div class=\"wide\"><table><thead><tr><th>Class</th><th>particles</th><th>share of all</th>"
          "</tr></thead>\n<tbody>\n",
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
          "stand at the bin's mean diameter, whiskers are Wilson's 95 % intervals. ",
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
    fprintf(
        stream,
        "<div class=\"wide\"><table><thead><tr><th>Phase</th><th>seen along</th>"
        "<th>particles</th><th>d<sub>1</sub> <small>(%s)</small></th><th>d<sub>2</sub> <small>(%s)</small>"
        "</th><th>angle</th></tr></thead>\n<tbody>\n",
        unit, unit);
    for (size_t i = 0; i < summary->lattice_count; i++) {
        const struct study_lattice *lattice = &summary->lattices[i];
        const char *zone = strchr(lattice->name, '\t');
        char phase[256];
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
    fputs("</tbody></table></div>\n<p class=\"soft\">Medians over the particles; the most frequent first. "
          "Where errors leave two or three of the phases that were possible alike, all of them are named; "
          "where they leave more, none. That is no proof: another crystal may fit as well.</p>\n",
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

void study_sections_put(FILE *stream, const struct study_summary *summary, int classified)
{
    put_distributions(stream, summary);
    if (classified) {
        fputs("<h2>Faults</h2>\n", stream);
        put_classes(stream, summary);
        put_trend(stream, summary);
        put_lattices(stream, summary);
    }
    put_correlations(stream, summary);
}
