package fringe;

import java.io.PrintStream;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Result;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** Runs JUnit classes by name and prints a line for each test: "ok NAME", "FAILED NAME", "skipped NAME: REASON". */
public final class Tests extends RunListener {
    private static final PrintStream OUT = System.out;
    private boolean failed;

    private Tests() {
    }

    public static void main(String[] names) throws Exception {
        System.exit(run(names));
    }

    /** 0 where some tests ran and none failed. */
    public static int run(String[] names) throws Exception {
        JUnitCore core = new JUnitCore();
        core.addListener(new Tests());
        Class<?>[] classes = new Class<?>[names.length];
        for (int i = 0; i < names.length; i++) classes[i] = Class.forName(names[i]);
        Result result = core.run(classes);
        return result.wasSuccessful() && result.getRunCount() > 0 ? 0 : 1;
    }

    @Override
    public void testStarted(Description test) {
        failed = false;
    }

    @Override
    public void testFailure(Failure failure) {
        failed = true;
        OUT.println("FAILED " + name(failure.getDescription()));
        OUT.println(failure.getTrace().replaceAll("(?m)^", "    "));
    }

    @Override
    public void testAssumptionFailure(Failure failure) {
        failed = true;
        OUT.println("skipped " + name(failure.getDescription()) + ": " + failure.getMessage());
    }

    @Override
    public void testFinished(Description test) {
        if (!failed) OUT.println("ok " + name(test));
    }

    private static String name(Description test) {
        return test.getTestClass().getSimpleName() + "." + test.getMethodName();
    }
}
