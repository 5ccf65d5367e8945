/* batch.h - a model applied to many files, particles measured in many, or both with a report: outputs,
 * skipping, overwriting, resuming.
 *
 * Beside each input (or under output_directory, which mirrors the subfolders of a named folder) a batch
 * writes `<stem>-mask.tif`, `<stem>-classes.tif` or `<stem>-output.tif`, as the model gives, on request
 * `<stem>-probability.tif` and `<stem>-overlay.png` (of a stack: its first slice), and last
 * `<stem>-fringe.json`, the provenance. The files of an input are put in place together when its last slice
 * is done; each is complete or absent, and a killed batch resumes when it is called again. Until then they
 * are called `<name>.part`. A stack that was killed or cancelled after a second or more goes on behind the
 * slices that are on the disk, when it is called again with the same input, model and parameters; any other
 * run for the same input removes what it finds of it. Two programs never work on the same results.
 *
 * An input whose provenance has the same input hash, model and parameters is skipped; with others it is
 * refused, unless `overwrite` is set. What Fringe did not write is never replaced, and what it wrote is never
 * an input. An input that fails is reported and the others go on. Results do not depend on threads, bands or
 * tiles.
 */
#ifndef FRINGE_BATCH_H
#define FRINGE_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/faults.h"
#include "fringe/particles.h"
#include "fringe/run.h"
#include "fringe/segment.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fringe_batch_options {
    fringe_segment_options segment;
    const char *output_directory; /* NULL: beside the input; made where it is missing */
    int probability;              /* 1: write the probability map, one channel per class */
    int overlay;                  /* 1: write the overlay */
    int compress;  /* 1: TIFFs are compressed (Deflate), those of more than 4 GB before as BigTIFF,
                      which ImageJ opens with Bio-Formats only; a stack begins anew when killed */
    int overwrite; /* 1: replace results that Fringe made from other inputs, models or parameters; files of
                      the earlier result that the new one lacks are deleted */
    int recursive; /* 1: go into subfolders of a folder */
} fringe_batch_options;

/* The defaults: those of fringe_segment_options_init, results beside the inputs, all else off. */
FRINGE_API void fringe_batch_options_init(fringe_batch_options *options);

/* What became of one input. Texts are valid during the callback only. */
typedef struct fringe_batch_item {
    const char *input;
    fringe_status status; /* FRINGE_OK also for a skipped input; FRINGE_EXISTS where it was refused */
    int skipped;          /* 1: the same result was there already, or the input is one of Fringe's outputs */
    const char *message;  /* the error in words, beginning with the input; "" when there is none */
    const char *const *outputs; /* paths written (or found, when skipped), the provenance last */
    size_t output_count;
    const char *const *notices; /* "name: text" of each notice, in order */
    size_t notice_count;
} fringe_batch_item;

/* Hears of an input when it is done, skipped, refused or failed. `user` as handed to fringe_batch_segment. */
typedef void fringe_batch_callback(void *user, const fringe_batch_item *item);

typedef struct fringe_batch_summary {
    int64_t done_count, skipped_count; /* inputs as reported: made anew; there already, or no input */
    int64_t failed_count;              /* refused ones among them */
} fringe_batch_summary;

/* Finds what is wrong with the inputs without a model: FRINGE_ARGUMENT where fringe_batch_segment would give
 * it whatever the model is, else FRINGE_OK. Arguments as there; opens every image once; writes nothing. */
FRINGE_API fringe_status fringe_batch_check(const char *const *paths, size_t path_count,
                                            const fringe_batch_options *options, const fringe_run *run,
                                            fringe_error *error);

/* Segments files and the images in folders, in the order given (a folder's in order of name: files that are
 * not hidden and whose names end as those of images do; a file that is named itself is an input whatever it
 * is). `paths` are path_count names in UTF-8, at least one. `options` may not be NULL. Notices and progress
 * go to `run` (may be NULL). The callback (may be NULL) hears of every input once, on the calling thread;
 * `user` is handed through. `summary` may be NULL. Returns FRINGE_OK when the batch came to its end, whatever
 * became of single inputs. FRINGE_ARGUMENT before any work when two inputs would have the same outputs, when
 * an output would replace an input, when the model gives nothing that `probability` or `overlay` could show,
 * or when nothing is to be done; the callback has then heard of nothing. FRINGE_CANCELLED when the run was
 * cancelled: the input under way is reported so and leaves no results, those behind it are not reported. */
FRINGE_API fringe_status fringe_batch_segment(const fringe_model *model, const char *const *paths,
                                              size_t path_count, const fringe_batch_options *options,
                                              const fringe_run *run, fringe_batch_callback *callback,
                                              void *user, fringe_batch_summary *summary, fringe_error *error);

typedef struct fringe_measure_options {
    fringe_particles_options particles;
    const char *image;       /* the micrograph for grey values, or a folder: the labels X-mask.* have X.*
                                there; NULL (default): none */
    const char *probability; /* the probability map, or a folder: X-probability.* there; NULL: none */
    const fringe_fault_model *faults; /* particles are classified by it, which needs `image`; NULL (default):
                                         they are not, and the table has no such columns */
    const char *output_directory;     /* NULL: beside the input; made where it is missing */
    int compress, overwrite, recursive; /* as in fringe_batch_options */
} fringe_measure_options;

/* The defaults: those of fringe_particles_options_init, labels alone, results beside the inputs. */
FRINGE_API void fringe_measure_options_init(fringe_measure_options *options);

/* Like fringe_batch_segment, but finds and measures particles (particles.h) in masks, class maps and label
 * images, slice by slice, and writes for an input with the stem S: `S-labels.tif`, each pixel its particle's
 * number (16 bits, 32-bit float above 65,535); `S-particles.csv`, one row per particle with ImageJ's columns
 * and Fringe's; `S-rois.zip` for ImageJ's ROI Manager; `S-fringe.json`. The stem is the whole of the input's,
 * so `x-mask.tif` gives `x-mask-particles.csv`, and the results of a segmentation, its provenance above all,
 * are not in the way. Here what Fringe wrote is an input: a named file always; in a folder the files whose
 * names end as those of labels do, but for the `-labels.tif` that Fringe wrote. FRINGE_ARGUMENT also where
 * `image` or `probability` is one file for several inputs, or `faults` come without `image`. A stack begins
 * anew when killed. */
FRINGE_API fringe_status fringe_batch_measure(const char *const *paths, size_t path_count,
                                              const fringe_measure_options *options, const fringe_run *run,
                                              fringe_batch_callback *callback, void *user,
                                              fringe_batch_summary *summary, fringe_error *error);

typedef struct fringe_analyze_options {
    fringe_batch_options batch;         /* `overlay` says nothing here: there always is one */
    fringe_particles_options particles; /* `threshold` and `pixel_size_nm` say nothing here: particles are
                                           those of the mask, and the pixel size is that of batch.segment */
    const fringe_fault_model *faults;   /* as in fringe_measure_options; NULL (default): no classes */
} fringe_analyze_options;

/* The defaults: those of fringe_batch_options_init and fringe_particles_options_init, but particles that
 * touch are divided (split_neck 0.7), and specks are left out (least_nm 1, least_px 64). Of images without a
 * pixel size limits in nm say nothing; a notice tells so. */
FRINGE_API void fringe_analyze_options_init(fringe_analyze_options *options);

/* The whole way from micrographs to statistics: like fringe_batch_segment, for each input with the stem X,
 * and measures and classifies what it finds as fringe_batch_measure does. Of an input come `X-mask.tif` (or
 * `-classes.tif`), `X-probability.tif` on request, `X-labels.tif`, `X-particles.csv`, `X-rois.zip`,
 * `X-overlay.png` (of a stack: its first slice; outlines in the colour of their class, the planes that were
 * seen as lines) and one provenance, `X-fringe.json`, for all of it.
 *
 * Behind the last input come the pages of the batch, into the output directory, else the folder of the first
 * path (which is it, or holds it): `particles.csv`, the rows of all inputs; `summary.csv`, a row for each
 * input and one for all of them in each unit, since nm and pixels are never added up; `report.html`, one file
 * that needs no other, no network and no script. They are made from the files of the single inputs, those
 * that were skipped among them: a batch that was killed and called again gives the same bytes as one that was
 * not. Inputs that failed are named with the reason. The callback hears of the pages last, as of an input
 * whose name is that folder; the summary counts them as done or failed. Where the batch is cancelled there
 * are none.
 *
 * Particles that the border cuts are in the tables, and in summaries only with FRINGE_BORDER_KEEP.
 * FRINGE_ARGUMENT also where the model gives neither one mask nor classes. FRINGE_EXISTS before any work
 * where one of the pages is there and was not written by Fringe. */
FRINGE_API fringe_status fringe_batch_analyze(const fringe_model *model, const char *const *paths,
                                              size_t path_count, const fringe_analyze_options *options,
                                              const fringe_run *run, fringe_batch_callback *callback,
                                              void *user, fringe_batch_summary *summary, fringe_error *error);

#ifdef __cplusplus
}
#endif
#endif
