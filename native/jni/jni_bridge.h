/* jni_bridge.h - what the files of this room share: texts, fields, exceptions, listeners, tables of natives.
 *
 * Each Java class that holds a native object has one file here with its natives, which are private and static
 * in Java and registered when the library is loaded; nothing but JNI_OnLoad is exported. A native object
 * crosses as a jlong, its address; that it is alive and not used twice is held by the Java class. Texts cross
 * as UTF-8 bytes (the JVM's own "modified UTF-8" makes six bytes of an emoji), pixels are copied by region. A
 * native that fails leaves a Java exception pending, and the caller's frame cleans up and returns.
 */
#ifndef JNI_JNI_BRIDGE_H
#define JNI_JNI_BRIDGE_H

#include <jni.h>
#include <stddef.h>
#include <stdint.h>

#include "fringe/fringe.h"

/* The natives of one Java class of the package `fringe`. */
struct jni_class {
    const char *name; /* "fringe/Run" */
    const JNINativeMethod *methods;
    jint method_count;
};

extern const struct jni_class jni_run_class, jni_micrograph_class, jni_model_class, jni_segmentation_class,
    jni_particles_class, jni_training_class, jni_faults_class, jni_spectrum_class, jni_batch_class;

static inline jlong jni_address(const void *object)
{
    return (jlong)(intptr_t)object;
}

static inline void *jni_object(jlong address)
{
    return (void *)(intptr_t)address; /* NOLINT: it was made by jni_address */
}

/* Looks up what this file keeps for the library's life. 0 with an exception pending where that fails. */
int jni_values_load(JNIEnv *env);
int jni_run_load(JNIEnv *env);

/* A copy of UTF-8 bytes with a NUL behind them, to be given to free(); NULL with an exception pending where
 * `bytes` is null, holds a NUL, or memory is short. */
char *jni_text_take(JNIEnv *env, jbyteArray bytes);

/* A new Java string; NULL with an exception pending when that fails. */
jstring jni_text_give(JNIEnv *env, const char *text);

/* A new Java array of `count` strings; NULL with an exception pending when that fails. */
jobjectArray jni_texts_give(JNIEnv *env, const char *const *texts, jsize count);

/* One field of a Java object and its place in a C struct. Java's type follows from the kind: String, int,
 * long, double, boolean (an int that is 0 or 1 in C). */
enum jni_kind { JNI_KIND_TEXT, JNI_KIND_INT, JNI_KIND_LONG, JNI_KIND_DOUBLE, JNI_KIND_FLAG };
struct jni_field {
    const char *name;
    enum jni_kind kind;
    size_t offset;
};

/* Copies a struct into the fields of an object, or fields (but no texts) into a struct. 0 with an exception
 * pending where a field is missing. */
int jni_fields_give(JNIEnv *env, jobject object, const struct jni_field *fields, size_t count,
                    const void *values);
int jni_fields_take(JNIEnv *env, jobject object, const struct jni_field *fields, size_t count, void *values);

/* The defaults, with what a fringe.SegmentOptions or fringe.ParticlesOptions says. 0 with an exception
 * pending. */
int jni_segment_options_take(JNIEnv *env, jobject from, fringe_segment_options *options);
int jni_particles_options_take(JNIEnv *env, jobject from, fringe_particles_options *options);

/* Fills a fringe.FaultRating, and returns what it takes as its numbers: {probabilities, lattice, lines}. NULL
 * with an exception pending. */
jobjectArray jni_rating_give(JNIEnv *env, const fringe_fault_rating *rating, jobject into);

/* Throws the exception that belongs to a status, with the error's message. An exception that is pending
 * already (a listener's) stays. 1 when one is pending, 0 for FRINGE_OK without one. */
int jni_failed(JNIEnv *env, fringe_status status, const fringe_error *error);

/* Throws FringeArgumentException: "NAME: LENGTH values from OFFSET on do not fit into SIZE". 1 when
 * `length` values from `offset` on lie within an array of `size`. */
int jni_fits(JNIEnv *env, const char *name, jint offset, int64_t length, jsize size);

/* Throws FringeMemoryException. */
void jni_out_of_memory(JNIEnv *env, const char *what);

/* A run while a call uses it: its callbacks go to the Java object that owns it, on the calling thread. */
struct jni_listening {
    JNIEnv *env;
    jobject owner;
    fringe_run *run;
};

/* Before and after the call. `run` may be 0: nobody listens. A listener that throws cancels the run; its
 * exception is pending at the end. */
void jni_listening_begin(struct jni_listening *listening, JNIEnv *env, jlong run, jobject owner);
void jni_listening_end(struct jni_listening *listening);

/* Whether Java may be called: not any more when a listener threw. The run stops, and the exception waits. */
int jni_listening_goes_on(const struct jni_listening *listening);

#endif
