// groovy -cp FOLDER run_jobs.groovy IN OUT: IN is a list of texts of jobs.groovy, OUT the jobs of each.
import groovy.json.JsonOutput
import groovy.json.JsonSlurper

def answers = new JsonSlurper().parse(new File(args[0])).collect { text ->
    try {
        [jobs: Jobs.of(text, [BELLWETHER_REPOSITORY: 'https://git.example.org/ours.git'])]
    } catch (Exception problem) {
        [error: problem.toString(), jobs: []]
    }
}
new File(args[1]).text = JsonOutput.toJson(answers)
