// groovy -cp FOLDER run.groovy IN OUT: IN is a list of {text, scenarios}, OUT what each build did.
// All of them in one JVM, and each text compiled once, since these are what takes the time.
import groovy.json.JsonOutput
import groovy.json.JsonSlurper

def failed = { Exception problem -> [error: problem.toString()] }

def answers = new JsonSlurper().parse(new File(args[0])).collect { run ->
    def common
    Class compiled
    try {
        common = [form: Declarative.problemsOf(run.text)]
        compiled = new GroovyShell(getClass().classLoader).parse(run.text, 'Jenkinsfile.groovy').class
    } catch (Exception problem) {
        return run.scenarios.collectEntries { name, scenario -> [(name): failed(problem)] }
    }
    run.scenarios.collectEntries { name, scenario ->
        try {
            def build = new Build(scenario)
            Script script = compiled.newInstance()
            script.metaClass.pipeline = { Closure body -> build.pipeline(body) }
            script.run()
            [(name): common + build.outcome()]
        } catch (Exception problem) {
            [(name): common + failed(problem)]
        }
    }
}
new File(args[1]).text = JsonOutput.toJson(answers)
