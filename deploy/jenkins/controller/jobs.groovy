// The four jobs (plugin job-dsl). Their pipelines say the same triggers; Jenkins learns those when a
// pipeline runs for the first time, and the chain has to hold from the first push on.
Map<String, String> scripts = [
    'model': 'model_service/Jenkinsfile',
    'backend': 'backend_service/Jenkinsfile',
    'frontend': 'frontend/Jenkinsfile',
    'final-project': 'Jenkinsfile',
]
String before = null

scripts.each { job, script ->
    String upstream = before
    pipelineJob(job) {
        description("Stages and steps: ${script}. Begins ${upstream ? "after ${upstream}" : 'with a push'}.")
        definition {
            cpsScm {
                scm {
                    git {
                        remote {
                            url(BELLWETHER_REPOSITORY)
                            credentials('GitHubSid')
                        }
                        branch('main')
                    }
                }
                scriptPath(script)
                lightweight(true)
            }
        }
        configure { project ->
            def triggers = project / 'properties' /
                'org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty' / 'triggers'
            if (upstream) {
                triggers << 'jenkins.triggers.ReverseBuildTrigger' {
                    spec('')
                    upstreamProjects(upstream)
                    threshold {
                        name('SUCCESS')
                        ordinal(0)
                        color('BLUE')
                        completeBuild(true)
                    }
                }
            } else {
                triggers << 'com.cloudbees.jenkins.GitHubPushTrigger' {
                    spec('')
                }
            }
        }
    }
    before = job
}
