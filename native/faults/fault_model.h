/* fault_model.h - what a fringe_fault_model is: a forest's package and a list of phases. */
#ifndef FAULTS_FAULT_MODEL_H
#define FAULTS_FAULT_MODEL_H

#include "base/digest.h"
#include "crystal/phase_list.h"
#include "fringe/faults.h"
#include "model/forest_package.h"

struct fringe_fault_model {
    struct forest_package *package;
    struct phase_list phases;
    char phases_sha256[DIGEST_TEXT_BYTES]; /* of the file; "" for those that come with Fringe */
};

#endif
