package fringe.imagej;

import fringe.FaultModel;
import fringe.FringeFileException;
import fringe.Run;
import java.util.ArrayList;
import java.util.List;

/** Which forest tells faults: by path, by name, or the usual one. */
final class Forests {
    static final String NONE = "none";

    private Forests() {
    }

    /** Names for a dialog: the usual one first where it is there, and "none" where that is a choice. */
    static String[] names(boolean mayBeNone) {
        List<String> names = new ArrayList<>(Models.forests());
        if (names.remove(FaultModel.DEFAULT)) names.add(0, FaultModel.DEFAULT);
        if (mayBeNone) names.add(NONE);
        return names.toArray(new String[0]);
    }

    /** Whether a wish names no forest, and the usual one is not installed: as the command line has it. */
    static boolean absent(String wish) {
        return wish == null && !Models.list().containsKey(FaultModel.DEFAULT);
    }

    /** The forest of a wish; null: the usual one. */
    static FaultModel load(String wish, String phases, Run run) {
        if (absent(wish) || (wish != null && wish.isEmpty()))
            throw new FringeFileException("no forest " + FaultModel.DEFAULT + " is installed: forest=[its path]");
        return FaultModel.load(Models.find(wish == null ? FaultModel.DEFAULT : wish), phases.isEmpty() ? null : phases, run);
    }
}
