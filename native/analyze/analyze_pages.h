/* analyze_pages.h - what an analysis says of all its inputs together: two tables and a page.
 *
 * Collected from the items of a batch as they come, and written behind the last one.
 */
#ifndef ANALYZE_ANALYZE_PAGES_H
#define ANALYZE_ANALYZE_PAGES_H

#include "fringe/batch.h"
#include "report/study.h"

enum { ANALYZE_PAGE_COUNT = 3 };

struct analyze_pages {
    struct study study;
    char *directory;
    char *paths[ANALYZE_PAGE_COUNT]; /* particles.csv, summary.csv, report.html */
    fringe_batch_callback *callback; /* who hears of the batch, NULL for nobody */
    void *user;
    fringe_status status; /* of collecting */
    fringe_error error;
};

/* Decides where the pages go. FRINGE_EXISTS where one is there that Fringe did not write. Ended by
 * analyze_pages_free, also after a failure. */
fringe_status analyze_pages_begin(struct analyze_pages *pages, const char *first_path,
                                  const fringe_analyze_options *options, fringe_error *error);

/* A fringe_batch_callback, with the pages as its user: notes what became of an input, and passes it on. */
void analyze_pages_note(void *user, const fringe_batch_item *item);

/* Writes the pages. */
fringe_status analyze_pages_write(struct analyze_pages *pages, fringe_error *error);

void analyze_pages_free(struct analyze_pages *pages);

#endif
