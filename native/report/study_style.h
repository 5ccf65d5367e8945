/* study_style.h - how the page of a study looks: study_style.css, word for word. */
#ifndef REPORT_STUDY_STYLE_H
#define REPORT_STUDY_STYLE_H

extern const char study_style[];

#endif
