/* provenance.h - `<stem>-fringe.json`: how a result was made, and whether another would be the same.
 *
 * Written last, so that where it lies, all that it names was complete. Two results are the same when input
 * bytes, model bytes, the model's preparation and completion, and the parameters that decide pixels are the
 * same; threads, bands and tiles decide none.
 */
#ifndef REPORT_PROVENANCE_H
#define REPORT_PROVENANCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/file.h"
#include "fringe/batch.h"
#include "fringe/faults.h"
#include "fringe/micrograph.h"
#include "fringe/model.h"
#include "fringe/particles.h"
#include "fringe/segment.h"
#include "fringe/status.h"
#include "particles/population.h"
#include "text/text_tree.h"

/* What follows the stem of the input in a provenance's name. */
#define PROVENANCE_SUFFIX "-fringe.json"

/* A file that lies beside a measured input; name and digest are empty where there is none. */
struct provenance_beside {
    const char *name; /* without folder */
    char sha256[DIGEST_TEXT_BYTES];
};

/* What decides a measurement, besides its input. Behind a model image and probability map are the model's,
 * and empty here. */
struct provenance_measurement {
    const fringe_particles_options *options;
    struct provenance_beside image, probability;
    fringe_fault_model_info faults; /* texts NULL where particles are not classified */
};

/* What decides a result: a model and its options, a measurement, or, of an analysis, both. */
struct provenance_origin {
    char input_sha256[DIGEST_TEXT_BYTES];
    const fringe_model_info *model;                   /* NULL for a measurement */
    const fringe_batch_options *options;              /* of a measurement, what every batch has */
    const struct provenance_measurement *measurement; /* NULL where a model is applied and nothing else */
};

struct provenance_output {
    const char *name; /* beside the provenance, without folder */
    char sha256[DIGEST_TEXT_BYTES];
};

struct provenance_count {
    const char *name; /* of the class or mask */
    int64_t pixels;   /* over all slices */
};

/* The particles that a measurement found. */
struct provenance_particles {
    int64_t count, border_count;              /* all of them; those that the edge cuts */
    const char *unit;                         /* "nm" or "pixel" */
    const struct population *diameters;       /* of those that count, whole ones unless the border is kept */
    int64_t fault_counts[FRINGE_FAULT_COUNT]; /* of those that count; zeros where they are not classified */
};

/* What came out. */
struct provenance_result {
    const char *input_name;              /* without folder */
    const fringe_micrograph_info *input; /* its calibration is that which was used */
    const char *kind;                    /* "mask", "classes", "masks", "values"; "particles" */
    fringe_excluded excluded;
    double worked_at_nm_per_px_x, worked_at_nm_per_px_y; /* 0 when unknown */
    int64_t non_finite_count;                            /* over all slices */
    const struct provenance_count *counts;
    size_t count_count;
    const struct provenance_output *outputs;
    size_t output_count;
    const char *const *notices; /* "name: text" */
    size_t notice_count;
    const struct provenance_particles *particles; /* NULL where a model was applied and nothing else */
};

/* Writes it in place of what the file held so far, and commits. On failure the writer may still be there, for
 * the caller to discard. */
fringe_status provenance_write(struct file_writer *file, const struct provenance_origin *origin,
                               const struct provenance_result *result, fringe_error *error);

/* The digest of all that decides the bytes of results: equal exactly where one run may go on with what
 * another began. Unlike the provenance's own comparison it knows the version and the CPU path. */
fringe_status provenance_digest(const struct provenance_origin *origin, char text[DIGEST_TEXT_BYTES],
                                fringe_error *error);

/* A provenance that was read. */
struct provenance_record;

/* FRINGE_FILE where there is none or it cannot be read; FRINGE_FORMAT where it is no provenance of Fringe's.
 * The caller frees *record with provenance_free. */
fringe_status provenance_read(const char *path, struct provenance_record **record, fringe_error *error);

/* All that it says. Owned by the record. */
const struct text_node *provenance_root(const struct provenance_record *record);

/* NULL is accepted. */
void provenance_free(struct provenance_record *record);

/* 1 where a result of `origin` would be another than the recorded one, or hold more files, with the
 * differences in words: "with --threshold 0.5, now 0.6", "by fringe segment, now by fringe measure". Files
 * recorded beyond those asked for are no difference. */
int provenance_differs(const struct provenance_record *record, const struct provenance_origin *origin,
                       char *words, size_t size);

/* The names of the recorded outputs, NULL behind the last; names that would lead out of the provenance's
 * folder are not handed out. Owned by the record. */
const char *provenance_output_name(const struct provenance_record *record, size_t index);

#endif
