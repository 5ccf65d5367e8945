/* study_page.h - `report.html`: what a batch found, on one page that needs no other file, no network, no
 * script.
 *
 * Light or dark as the reader's system is, and black on white in print. Pictures are embedded.
 */
#ifndef REPORT_STUDY_PAGE_H
#define REPORT_STUDY_PAGE_H

#include "report/study.h"
#include "report/study_summary.h"

/* How the page begins; another file of its name is never replaced. */
#define STUDY_PAGE_HEAD                                                                                      \
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" "       \
    "content=\"Fringe"

/* `summaries` has one for each unit. Complete or absent. An overlay that cannot be read is left out. */
fringe_status study_write_page(const struct study *study, const struct study_summary *summaries,
                               const char *path, fringe_error *error);

#endif
