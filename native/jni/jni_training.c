/* jni_training.c - fringe.Training: a recipe becomes a model, and Java hears how it goes. */
#include <stdlib.h>

#include "jni/jni_bridge.h"

/* Who hears of it, behind the run's own listener. */
struct hearing {
    struct jni_listening listening;
    jobject listener; /* may be NULL */
};

/* What the network saw and says, as Java's arrays; 0 with an exception pending where that fails. */
static int give_preview(JNIEnv *env, jobject into, const fringe_train_progress *progress)
{
    if (!progress->preview_image) return 1;
    jsize count = progress->preview_height_px * progress->preview_width_px;
    jclass class = (*env)->GetObjectClass(env, into);
    jfieldID image_field = (*env)->GetFieldID(env, class, "previewImage", "[F");
    jfieldID classes_field = image_field ? (*env)->GetFieldID(env, class, "previewClasses", "[B") : NULL;
    jfloatArray image = classes_field ? (*env)->NewFloatArray(env, count) : NULL;
    jbyteArray classes = image ? (*env)->NewByteArray(env, count) : NULL;
    if (!classes) return 0;
    (*env)->SetFloatArrayRegion(env, image, 0, count, progress->preview_image);
    (*env)->SetByteArrayRegion(env, classes, 0, count, (const jbyte *)progress->preview_classes);
    (*env)->SetObjectField(env, into, image_field, image);
    (*env)->SetObjectField(env, into, classes_field, classes);
    return 1;
}

static jobject make_progress(JNIEnv *env, const fringe_train_progress *progress)
{
    static const struct jni_field fields[] = {
        {"step", JNI_KIND_LONG, offsetof(fringe_train_progress, step)},
        {"stepCount", JNI_KIND_LONG, offsetof(fringe_train_progress, step_count)},
        {"epoch", JNI_KIND_INT, offsetof(fringe_train_progress, epoch)},
        {"loss", JNI_KIND_DOUBLE, offsetof(fringe_train_progress, loss)},
        {"validationLoss", JNI_KIND_DOUBLE, offsetof(fringe_train_progress, validation_loss)},
        {"score", JNI_KIND_DOUBLE, offsetof(fringe_train_progress, score)},
        {"bestScore", JNI_KIND_DOUBLE, offsetof(fringe_train_progress, best_score)},
        {"secondsLeft", JNI_KIND_DOUBLE, offsetof(fringe_train_progress, seconds_left)},
        {"previewHeight", JNI_KIND_INT, offsetof(fringe_train_progress, preview_height_px)},
        {"previewWidth", JNI_KIND_INT, offsetof(fringe_train_progress, preview_width_px)},
    };
    jclass class = (*env)->FindClass(env, "fringe/TrainingProgress");
    jmethodID make = class ? (*env)->GetMethodID(env, class, "<init>", "()V") : NULL;
    jobject made = make ? (*env)->NewObject(env, class, make) : NULL;
    if (!made || !jni_fields_give(env, made, fields, sizeof fields / sizeof *fields, progress) ||
        !give_preview(env, made, progress))
        return NULL;
    return made;
}

/* A training calls thousands of times before it returns to Java: references go at once. */
static void pass_training(void *user, const fringe_train_progress *progress)
{
    enum { REFERENCES = 32 };
    struct hearing *hearing = user;
    JNIEnv *env = hearing->listening.env;
    if (!hearing->listener || !jni_listening_goes_on(&hearing->listening) ||
        (*env)->PushLocalFrame(env, REFERENCES) != 0)
        return;
    jobject made = make_progress(env, progress);
    jclass class = made ? (*env)->GetObjectClass(env, hearing->listener) : NULL;
    jmethodID told =
        class ? (*env)->GetMethodID(env, class, "progress", "(Lfringe/Run;Lfringe/TrainingProgress;)V")
              : NULL;
    if (told) (*env)->CallVoidMethod(env, hearing->listener, told, hearing->listening.owner, made);
    (*env)->PopLocalFrame(env, NULL);
    jni_listening_goes_on(&hearing->listening);
}

/* `from` may be null: the recipe decides. */
static void train(JNIEnv *env, jclass class, jbyteArray recipe, jbyteArray directory, jbyteArray from,
                  jboolean overwrite, jobject listener, jlong run, jobject owner)
{
    (void)class;
    struct hearing hearing = {.listener = listener};
    fringe_train_options options;
    fringe_error error;
    char *recipe_path = jni_text_take(env, recipe);
    char *directory_path = recipe_path ? jni_text_take(env, directory) : NULL;
    char *from_path = directory_path && from ? jni_text_take(env, from) : NULL;
    if (!directory_path || (from && !from_path)) goto done;
    fringe_train_options_init(&options);
    options.recipe = recipe_path;
    options.output_directory = directory_path;
    options.from_model = from_path;
    options.overwrite = overwrite == JNI_TRUE;
    options.listener = pass_training;
    options.listener_user = &hearing;
    jni_listening_begin(&hearing.listening, env, run, owner);
    fringe_status status = fringe_train(&options, hearing.listening.run, &error);
    jni_listening_end(&hearing.listening);
    jni_failed(env, status, &error);
done:
    free(recipe_path);
    free(directory_path);
    free(from_path);
}

static const JNINativeMethod methods[] = {
    {"train", "([B[B[BZLfringe/TrainingListener;JLfringe/Run;)V", (void *)train},
};

const struct jni_class jni_training_class = {"fringe/Training", methods, sizeof methods / sizeof *methods};
