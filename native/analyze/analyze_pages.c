#include "analyze/analyze_pages.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "report/study_page.h"
#include "report/study_summary.h"
#include "report/study_tables.h"

enum { HEAD_BYTES = 128 };

/* How each begins when it is Fringe's. */
static const struct {
    const char *name, *head;
} pages_written[ANALYZE_PAGE_COUNT] = {{"particles.csv", STUDY_PARTICLES_HEAD},
                                       {"summary.csv", STUDY_SUMMARY_HEAD},
                                       {"report.html", STUDY_PAGE_HEAD}};

static fringe_status check_place(const char *path, const char *head, fringe_error *error)
{
    char begin[HEAD_BYTES];
    size_t length = strlen(head), read = 0;
    struct file_facts facts;
    FILE *stream;
    file_look(path, &facts);
    if (facts.kind == FILE_ABSENT) return FRINGE_OK;
    if (!file_open_read(path, &stream, NULL)) {
        read = fread(begin, 1, length, stream);
        fclose(stream);
    }
    if (read == length && !memcmp(begin, head, length)) return FRINGE_OK;
    return failure_set(error, FRINGE_EXISTS,
                       "%s was not written by Fringe and is not replaced; use -o or move it away", path);
}

fringe_status analyze_pages_begin(struct analyze_pages *pages, const char *first_path,
                                  const fringe_analyze_options *options, fringe_error *error)
{
    struct file_facts facts;
    const char *output = options->batch.output_directory;
    fringe_status status = FRINGE_OK;
    file_look(first_path, &facts);
    pages->study.keep_border = options->particles.border == FRINGE_BORDER_KEEP;
    pages->directory = output                         ? alloc_text(output)
                       : facts.kind == FILE_DIRECTORY ? alloc_text(first_path)
                                                      : path_directory(first_path);
    if (!pages->directory) return failure_memory(error, first_path, strlen(first_path));
    int bare = !strcmp(pages->directory, "."); /* "report.html", not "./report.html" */
    for (int i = 0; i < ANALYZE_PAGE_COUNT && !status; i++) {
        pages->paths[i] = path_join(bare ? "" : pages->directory, pages_written[i].name);
        status = pages->paths[i] ? check_place(pages->paths[i], pages_written[i].head, error)
                                 : failure_memory(error, pages->directory, strlen(pages->directory));
    }
    return status;
}

void analyze_pages_note(void *user, const fringe_batch_item *item)
{
    struct analyze_pages *pages = user;
    if (pages->callback) pages->callback(pages->user, item);
    if (pages->status || item->status == FRINGE_CANCELLED) return;
    if (item->status)
        pages->status = study_add_failure(&pages->study, item->input, item->message, &pages->error);
    else if (item->output_count > 0) /* what Fringe wrote itself has none */
        pages->status =
            study_add(&pages->study, item->input, item->outputs, item->output_count, &pages->error);
}

fringe_status analyze_pages_write(struct analyze_pages *pages, fringe_error *error)
{
    struct study_summary summaries[STUDY_UNIT_COUNT] = {0};
    fringe_status status = pages->status;
    if (status) return failure_set(error, status, "%s", pages->error.message);
    for (int unit = 0; unit < STUDY_UNIT_COUNT && !status; unit++)
        status = study_summarise(&pages->study, (enum study_unit)unit, &summaries[unit], error);
    if (!status) status = file_make_directories(pages->directory, error);
    if (!status) status = study_write_particles(&pages->study, pages->paths[0], error);
    if (!status) status = study_write_summary(&pages->study, summaries, pages->paths[1], error);
    if (!status) status = study_write_page(&pages->study, summaries, pages->paths[2], error);
    for (int unit = 0; unit < STUDY_UNIT_COUNT; unit++) study_summary_free(&summaries[unit]);
    return status;
}

void analyze_pages_free(struct analyze_pages *pages)
{
    study_free(&pages->study);
    alloc_free(pages->directory);
    for (int i = 0; i < ANALYZE_PAGE_COUNT; i++) alloc_free(pages->paths[i]);
    *pages = (struct analyze_pages){0};
}
