/* fault_model.h - what a fringe_fault_model is: a forest's package and a list of phases. */
#ifndef FAULTS_FAULT_MODEL_H
#define FAULTS_FAULT_MODEL_H

#include "crystal/phase_list.h"
#include "fringe/faults.h"
#include "model/forest_package.h"

struct fringe_fault_model {
    struct forest_package *package;
    struct phase_list phases;
};

#endif
