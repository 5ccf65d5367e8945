/* jni_batch.c - fringe.Batch: many files, analyzed as the command line does it. */
#include <stdlib.h>

#include "jni/jni_bridge.h"

/* Who hears of the inputs, and whether it threw. */
struct hearing {
    JNIEnv *env;
    jobject batch;
    jmethodID heard_item;
    fringe_run *run;
};

/* A listener that throws stops the batch at the next step. */
static void pass_item(void *user, const fringe_batch_item *item)
{
    struct hearing *hearing = user;
    JNIEnv *env = hearing->env;
    if ((*env)->ExceptionCheck(env)) return;
    jstring input = jni_text_give(env, item->input), message = NULL, status = NULL;
    jobjectArray outputs = NULL, notices = NULL;
    if (input) message = jni_text_give(env, item->message);
    if (message) status = jni_text_give(env, fringe_status_name(item->status));
    if (status) outputs = jni_texts_give(env, item->outputs, (jsize)item->output_count);
    if (outputs) notices = jni_texts_give(env, item->notices, (jsize)item->notice_count);
    if (notices)
        (*env)->CallVoidMethod(env, hearing->batch, hearing->heard_item, input, status,
                               item->skipped ? JNI_TRUE : JNI_FALSE, message, outputs, notices);
    if ((*env)->ExceptionCheck(env)) fringe_run_cancel(hearing->run);
    (*env)->DeleteLocalRef(env, input);
    (*env)->DeleteLocalRef(env, message);
    (*env)->DeleteLocalRef(env, status);
    (*env)->DeleteLocalRef(env, outputs);
    (*env)->DeleteLocalRef(env, notices);
}

/* The paths of a byte[][] as texts, NULL behind the last; NULL with an exception pending. */
static char **take_paths(JNIEnv *env, jobjectArray paths, jsize *count)
{
    *count = (*env)->GetArrayLength(env, paths);
    char **taken = calloc((size_t)*count + 1, sizeof *taken);
    if (!taken) jni_out_of_memory(env, "paths");
    for (jsize i = 0; i < *count && taken; i++) {
        jbyteArray path = (*env)->GetObjectArrayElement(env, paths, i);
        taken[i] = jni_text_take(env, path);
        (*env)->DeleteLocalRef(env, path);
        if (!taken[i]) break;
    }
    return taken;
}

static void free_paths(char **paths)
{
    for (char **path = paths; path && *path; path++) free(*path);
    free((void *)paths);
}

static int take_options(JNIEnv *env, jobject batch, jobject segment, jobject particles,
                        fringe_analyze_options *options)
{
    static const struct jni_field fields[] = {
        {"probability", JNI_KIND_FLAG, offsetof(fringe_batch_options, probability)},
        {"compress", JNI_KIND_FLAG, offsetof(fringe_batch_options, compress)},
        {"overwrite", JNI_KIND_FLAG, offsetof(fringe_batch_options, overwrite)},
        {"recursive", JNI_KIND_FLAG, offsetof(fringe_batch_options, recursive)},
    };
    fringe_analyze_options_init(options);
    return jni_fields_take(env, batch, fields, sizeof fields / sizeof *fields, &options->batch) &&
           jni_segment_options_take(env, segment, &options->batch.segment) &&
           jni_particles_options_take(env, particles, &options->particles);
}

/* {done, skipped, failed}. `faults` may be 0, `output` null; `run` is there. */
static jlongArray analyze(JNIEnv *env, jclass class, jlong model, jlong faults, jobjectArray paths,
                          jbyteArray output, jobject batch, jobject segment, jobject particles, jlong run,
                          jobject owner)
{
    (void)class;
    fringe_analyze_options options;
    fringe_batch_summary summary = {0};
    fringe_error error;
    jlongArray counts = NULL;
    jsize count;
    struct hearing hearing = {.env = env, .batch = batch, .run = jni_object(run)};
    if (!take_options(env, batch, segment, particles, &options)) return NULL;
    hearing.heard_item = (*env)->GetMethodID(
        env, (*env)->GetObjectClass(env, batch), "heardItem",
        "(Ljava/lang/String;Ljava/lang/String;ZLjava/lang/String;[Ljava/lang/String;[Ljava/lang/String;)V");
    if (!hearing.heard_item) return NULL;
    char *directory = NULL, **taken = take_paths(env, paths, &count);
    if (!(*env)->ExceptionCheck(env) && output) directory = jni_text_take(env, output);
    if (!(*env)->ExceptionCheck(env)) {
        options.faults = jni_object(faults);
        options.batch.output_directory = directory;
        struct jni_listening listening;
        jni_listening_begin(&listening, env, run, owner);
        fringe_status status =
            fringe_batch_analyze(jni_object(model), (const char *const *)taken, (size_t)count, &options,
                                 listening.run, pass_item, &hearing, &summary, &error);
        jni_listening_end(&listening);
        if (!jni_failed(env, status, &error)) counts = (*env)->NewLongArray(env, 3);
    }
    const jlong numbers[] = {summary.done_count, summary.skipped_count, summary.failed_count};
    if (counts) (*env)->SetLongArrayRegion(env, counts, 0, 3, numbers);
    free(directory);
    free_paths(taken);
    return counts;
}

static const JNINativeMethod methods[] = {
    {"analyze", "(JJ[[B[BLfringe/Batch;Lfringe/SegmentOptions;Lfringe/ParticlesOptions;JLfringe/Run;)[J",
     (void *)analyze},
};

const struct jni_class jni_batch_class = {"fringe/Batch", methods, sizeof methods / sizeof *methods};
